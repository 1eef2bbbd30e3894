"""The steps of the XMPP stream: open, auth, bind, session, presence, pubsub, live."""

from collections.abc import Sequence

from ..model.flow import DEAD_NS, Unacknowledged
from ..model.session import CloseKind, Iq, PingTrip
from ..model.source import Direction, Side, Source
from ..model.xmpp import (
    Auth,
    Bind,
    SaslFailure,
    SessionRequest,
    Stanza,
    StanzaKind,
    resource_part,
)
from .pair import between
from .story import Seen, Story


def stream_open(story: Story) -> Seen | None:
    """`<open/>` of either side (RFC 7395 section 3.4), without a stream error in its place."""
    login, close = story.login, story.close
    if not login.opens:
        return None
    asked = login.opens[0].source
    if close.condition is not None and not login.features and not login.outcomes:
        return Seen(passed=False, asked=asked, answered=close.source, detail=close.condition)
    answer = login.opened[0].source if login.opened else None
    return _of(asked, answer)


def auth(story: Story) -> Seen | None:
    """`<auth/>` until `<success/>` (RFC 6120 section 6.4); of several attempts the last counts."""
    login = story.login
    if not login.auths:
        return None
    outcomes = login.outcomes
    outcome = next((o for o in outcomes if o.kind is StanzaKind.SUCCESS), None)
    outcome = outcome or (outcomes[-1] if len(outcomes) >= len(login.auths) else None)
    if outcome is None:
        return _unanswered(story, login.auths[-1].source)
    attempt = min(outcomes.index(outcome), len(login.auths) - 1)
    request = login.auths[attempt]
    mechanism = request.payload.mechanism if isinstance(request.payload, Auth) else None
    failure = outcome.payload
    seen = _of(request.source, outcome.source, mechanism)
    if outcome.kind is StanzaKind.SUCCESS:
        return seen
    condition = failure.condition if isinstance(failure, SaslFailure) else None
    return seen._replace(passed=False, detail=condition)


def bind(story: Story) -> Seen | None:
    """Resource binding (RFC 6120 section 7), or a session taken up again with its resource."""
    seen = _of_iqs(story, [iq for iq in story.iqs if isinstance(iq.request.payload, Bind)])
    if seen is None:
        return _resumed(story)
    if not seen.passed:
        return seen
    answers = (iq.answer for iq in story.iqs if iq.answer is not None)
    jid = next((a.payload.jid for a in answers if isinstance(a.payload, Bind)), None)
    return seen._replace(detail=resource_part(jid or "") or None)


def session(story: Story) -> Seen | None:
    """Session establishment (RFC 3921 section 3)."""
    requests = [iq for iq in story.iqs if isinstance(iq.request.payload, SessionRequest)]
    return _of_iqs(story, requests)


def presence(story: Story) -> Seen | None:
    """
    The client's own presence, and the presence of the peer it waits for.

    The Finesse desktop says "connected" only after a presence from `finesse@`; a client that goes
    on without it was content without it.
    """
    login = story.login
    if not login.presences:
        return _resumed(story)
    asked = _behind_bind(story)
    if asked is None and (resumed := _resumed(story)) is not None:
        return resumed
    if asked is None:
        early = login.presences[0].source
        refused = login.refused_presences[0] if login.refused_presences else None
        condition = refused.error.condition if refused is not None and refused.error else None
        answer = refused.source if refused is not None else None
        return Seen(passed=False, asked=early, answered=answer, detail=condition)
    peers = story.profile.presence_peers
    if peers and login.peer_presence is not None:
        return _of(asked, login.peer_presence.source)
    echo = login.echoes[0].source if login.echoes else None
    if not peers or story.subscriptions or story.deliveries:
        return Seen(passed=True, asked=asked, answered=echo, latency_ns=between(asked, echo))
    waited_ns = 0 if story.blind else story.waited_ns(asked)
    in_vain = waited_ns >= story.profile.presence_wait_ms * 1_000_000
    return Seen(passed=False if in_vain else None, asked=asked)


def _behind_bind(story: Story) -> Source | None:
    """The client's first presence that counts: what comes before a resource is bound does not."""
    if story.blind:
        return story.login.presences[0].source
    own = {id(stanza) for stanza in story.login.presences}
    bound = False
    for stanza in story.stanzas:
        if isinstance(stanza.payload, Bind) and stanza.type == "result":
            bound = True
        elif bound and id(stanza) in own:
            return stanza.source
    return None


def pubsub(story: Story) -> Seen | None:
    """
    Subscriptions of the client (XEP-0060 section 6.1); one that is refused fails the step.

    Finesse subscribes its desktops by itself to the nodes of their user: an event without any
    request shows that.
    """
    asked = [one for one in story.subscriptions if not one.unsubscribe]
    if not asked:
        event = story.login.first_event
        return Seen(passed=True, answered=event.source) if event is not None else None
    refused = next((one for one in asked if one.error is not None), None)
    if refused is not None and refused.error is not None:
        detail = refused.error.pubsub or refused.error.condition
        seen = _of(refused.source, refused.answer)
        return seen._replace(passed=False, detail=detail)
    waiting = next((one for one in asked if not one.answered), None)
    if waiting is not None:
        return Seen(passed=None, asked=waiting.source)
    slowest = max(asked, key=lambda one: one.latency_ns or 0)
    return _of(slowest.source, slowest.answer)


def live(story: Story) -> Seen | None:
    """What comes behind the login: pings and events, until somebody says good-bye."""
    fault = _fault(story)
    if _is_hidden(story) or (fault == _PINGS and _may_be_answered(story)):
        return Seen(passed=None)
    if fault is not None:
        return Seen(passed=False, answered=story.close.source, detail=fault)
    lost = _dead_way(story)
    if lost is not None:
        return Seen(passed=False, asked=lost.first, detail="unacknowledged")
    ping = next((p for p in story.pings if p.answer is not None), None)
    if ping is not None:
        return _of(ping.source, ping.answer)
    event = story.login.first_event
    return Seen(passed=True, answered=event.source if event is not None else None)


_PINGS = "ping"
"""Detail of a session that nothing ended but its pings in vain."""


def _fault(story: Story) -> str | None:
    close = story.close
    if close.condition is not None:
        return close.condition or close.kind.value
    if close.orderly is False:
        return str(close.code) if close.code is not None else close.kind.value
    if _gave_up(story.pings, story.stanzas, story.profile.ping_timeout_ms) or _silent(story):
        return _PINGS
    if close.kind is CloseKind.CLOSED and close.orderly is None:
        return close.kind.value
    return None


def _dead_way(story: Story) -> Unacknowledged | None:
    """What was sent again until the end, and nobody acknowledged."""
    connection = story.trace.connection
    found = None if connection is None or story.close.orderly else connection.silent_side()
    if found is None:
        return None
    lost = found[1]
    return lost if (lost.last.time_ns or 0) - (lost.first.time_ns or 0) >= DEAD_NS else None


def _is_hidden(story: Story) -> bool:
    """Whether a hole hides how it ended."""
    close = story.close
    if close.kind in {CloseKind.OPEN, CloseKind.UNKNOWN} or close.by is Side.CLIENT:
        return False
    return close.orderly is None and bool(story.trace.gaps)


def _may_be_answered(story: Story) -> bool:
    """Whether the answers to the last pings may lie in a hole."""
    asked = [p for p in story.pings if p.by is Side.CLIENT]
    since_ns = asked[-2:][0].asked_ns or 0
    holes = (gap.source for gap in story.trace.gaps if gap.direction is Direction.TO_CLIENT)
    return any(source is None or (source.time_ns or since_ns) >= since_ns for source in holes)


def _gave_up(pings: Sequence[PingTrip], stanzas: Sequence[Stanza], timeout_ms: int) -> bool:
    """Ping, its timeout without an answer, one more ping, and not a word more from the client."""
    asked = [p for p in pings if p.by is Side.CLIENT and not p.framed]
    if len(asked) < 2:
        return False
    first, last = asked[-2:]
    begin, end = first.asked_ns or 0, last.asked_ns or 0
    answered = first.answered_ns is not None and first.answered_ns <= end
    # The timer of a browser may tick a little early.
    if answered or end - begin < timeout_ms * 900_000:
        return False
    sent = (s for s in reversed(stanzas) if s.direction is Direction.TO_SERVER)
    word = next((s for s in sent if s.kind is StanzaKind.IQ), None)
    return word is not None and word.source == last.source


def _silent(story: Story) -> bool:
    """The last ping of the client waits for longer than it may, and nothing else came."""
    last = next((p for p in reversed(story.pings) if p.by is Side.CLIENT), None)
    if last is None or last.answered_ns is not None:
        return False
    if story.waited_ns(last.source) < story.profile.ping_timeout_ms * 1_000_000:
        return False
    asked_ns = last.asked_ns or 0
    heard = (s for s in reversed(story.stanzas) if s.direction is Direction.TO_CLIENT)
    return all((s.source.time_ns or 0) < asked_ns for s in heard)


def _of(asked: Source, answered: Source | None, detail: str | None = None) -> Seen:
    passed = True if answered is not None else None
    return Seen(passed, asked, answered, between(asked, answered), detail)


def _resumed(story: Story) -> Seen | None:
    """XEP-0198 section 5: what was bound, and who was available, stays so."""
    answer = next((stanza for stanza in story.stanzas if _is_resumption(stanza)), None)
    return None if answer is None else Seen(passed=True, answered=answer.source, detail="resumed")


def _is_resumption(stanza: Stanza) -> bool:
    return stanza.kind is StanzaKind.STREAM_MANAGEMENT and stanza.name.endswith("}resumed")


def _of_iqs(story: Story, iqs: Sequence[Iq]) -> Seen | None:
    """A request by iq; of several attempts the one that succeeded, else the last."""
    if not iqs:
        return None
    best = next((iq for iq in iqs if iq.answer is not None and iq.answer.type == "result"), iqs[-1])
    answer = best.answer
    if answer is None:
        return _unanswered(story, best.request.source)
    seen = _of(best.request.source, answer.source)
    if answer.type == "result":
        return seen
    return seen._replace(passed=False, detail=answer.error.condition if answer.error else None)


def _unanswered(story: Story, asked: Source) -> Seen:
    """A stream error in the place of an answer is one (RFC 6120 section 4.9)."""
    close = story.close
    if close.condition is not None:
        return Seen(passed=False, asked=asked, answered=close.source, detail=close.condition)
    return Seen(passed=None, asked=asked)
