"""
The login as a table, one row a step.

How a row is judged:

- **done** or **late**: asked and answered (late: slower than the profile allows);
- **failed**: refused, or asked and unanswered when the session was over or the profile's patience
  at its end;
- **missing**: nothing of it was seen though the recording would show it: an earlier step failed or
  is missing, a later one was taken, the session was over, or the recording went on long enough;
- **not captured**: the recording began too late, ended too early, has holes, or cannot show it.

So behind a failed step the rest is missing, unless it was seen to happen all the same. A step that
was neither expected by the profile nor seen is left out.
"""

from collections.abc import Callable
from typing import NamedTuple

from ..model.session import CloseKind, Needs, Step, StepName, StepStatus
from . import socket_steps, stream_steps
from .story import Seen, Story

PATIENCE_NS = 5_000_000_000
"""A client that goes on does so within milliseconds; after this long it has stopped."""


class Row(NamedTuple):
    """
    One step of the login.

    Attributes:
        name: Which.
        asks: What begins it.
        answers: What ends it well.
        fails: What ends it badly.
        see: How it is read from a session; None if nothing of it was seen.
        expected: Whether it must be there, the profile's list apart.
        by_messages: It is seen in XMPP stanzas.
        optional: Its absence alone tells nothing.
    """

    name: StepName
    asks: str
    answers: str
    fails: str
    see: Callable[[Story], Seen | None]
    expected: Callable[[Story], bool] = lambda _: True
    by_messages: bool = True
    optional: bool = False


LOGIN: tuple[Row, ...] = (
    Row(
        StepName.CONNECT,
        asks="SYN",
        answers="SYN-ACK",
        fails="`net::ERR_CONNECTION_…`",
        see=socket_steps.connect,
        by_messages=False,
    ),
    Row(
        StepName.TLS,
        asks="ClientHello",
        answers="Finished; in a HAR the HTTP response",
        fails="an alert, an end without; STARTTLS refused; `net::ERR_CERT_…`, `net::ERR_SSL_…`",
        see=socket_steps.tls,
        expected=lambda story: story.encrypted is not False,
        by_messages=False,
    ),
    Row(
        StepName.UPGRADE,
        asks="`GET` with `Upgrade: websocket`",
        answers="101",
        fails="any other status",
        see=socket_steps.upgrade,
        expected=lambda story: Needs.WEBSOCKET in story.can_see,
        by_messages=False,
    ),
    Row(
        StepName.OPEN,
        asks="`<open/>`, on TCP `<stream:stream>`",
        answers="the same of the server",
        fails="stream error",
        see=stream_steps.stream_open,
    ),
    Row(
        StepName.AUTH,
        asks="`<auth/>`",
        answers="`<success/>`",
        fails="`<failure/>`",
        see=stream_steps.auth,
    ),
    Row(
        StepName.BIND,
        asks="iq `<bind/>`",
        answers="result with the full JID",
        fails="iq error",
        see=stream_steps.bind,
    ),
    Row(
        StepName.SESSION,
        asks="iq `<session/>`",
        answers="result",
        fails="iq error",
        see=stream_steps.session,
        # Only a server of RFC 3921 wants it, and clients of today go on without.
        expected=lambda story: story.login.session_required and not story.login.presences,
    ),
    Row(
        StepName.PRESENCE,
        asks="`<presence/>`",
        answers="presence of a peer that the profile names",
        fails="presence error, or the peer's never comes",
        see=stream_steps.presence,
    ),
    Row(
        StepName.PUBSUB,
        asks="iq `<subscribe/>`",
        answers="`subscription='subscribed'`, or an event unasked",
        fails="iq error",
        see=stream_steps.pubsub,
        # Finesse subscribes its desktops by itself, and no event need come.
        optional=True,
    ),
    Row(
        StepName.LIVE,
        asks="pings, events",
        answers="the session goes on until somebody says good-bye",
        fails="stream error, lost connection, pings in vain",
        see=stream_steps.live,
    ),
)


def steps_of(story: Story) -> tuple[Step, ...]:
    """The steps of a session, in the order of the login."""
    rows = [(row, row.see(story)) for row in LOGIN if row.name is not StepName.LIVE]
    steps: list[Step] = []
    broken = False
    for index, (row, seen) in enumerate(rows):
        if seen is None and not _is_expected(row, story):
            continue
        later = any(other is not None for _, other in rows[index + 1 :])
        status = _status(row, seen, story, broken=broken, later=later)
        broken = broken or status in {StepStatus.FAILED, StepStatus.MISSING}
        steps.append(_step(row.name, status, seen))
    steps += _live(LOGIN[-1], story, steps)
    return tuple(steps)


def _is_expected(row: Row, story: Story) -> bool:
    return row.name.value in story.profile.steps and row.expected(story)


def _step(name: StepName, status: StepStatus, seen: Seen | None) -> Step:
    if seen is None:
        return Step(name=name, status=status)
    return Step(
        name=name,
        status=status,
        asked=seen.asked,
        answered=seen.answered,
        latency_ns=seen.latency_ns,
        detail=seen.detail or None,
    )


def _status(row: Row, seen: Seen | None, story: Story, *, broken: bool, later: bool) -> StepStatus:
    if seen is None:
        return _unseen(row, story, broken=broken, later=later)
    if seen.passed is None:
        return _unanswered(row, seen, story)
    if not seen.passed:
        return StepStatus.FAILED
    limit_ms = story.profile.late_ms.get(row.name.value)
    if limit_ms is not None and (seen.latency_ns or 0) > limit_ms * 1_000_000:
        return StepStatus.LATE
    return StepStatus.DONE


def _unanswered(row: Row, seen: Seen, story: Story) -> StepStatus:
    if story.trace.gaps:
        return StepStatus.NOT_CAPTURED
    waited = story.waited_ns(seen.asked) if seen.asked is not None else 0
    if waited >= story.profile.iq_timeout_ms * 1_000_000:
        return StepStatus.FAILED
    # Nobody owes the client a presence: its session may well be over before one comes.
    over = _is_over(story) and row.name is not StepName.PRESENCE
    return StepStatus.FAILED if over else StepStatus.NOT_CAPTURED


def _unseen(row: Row, story: Story, *, broken: bool, later: bool) -> StepStatus:
    if not row.by_messages:
        return StepStatus.MISSING if broken else StepStatus.NOT_CAPTURED
    if broken:
        return StepStatus.MISSING
    if story.blind or row.optional:
        return StepStatus.NOT_CAPTURED
    if later or _is_over(story) or (story.close.idle_ns or 0) >= PATIENCE_NS:
        return StepStatus.MISSING
    return StepStatus.NOT_CAPTURED


def _is_over(story: Story) -> bool:
    return story.close.kind not in {CloseKind.OPEN, CloseKind.UNKNOWN}


def _live(row: Row, story: Story, steps: list[Step]) -> list[Step]:
    """The last row, which is judged by those before it: only a login that succeeded can live."""
    if row.name.value not in story.profile.steps:
        return []
    wrong = {StepStatus.FAILED, StepStatus.MISSING}
    # A subscription that was refused leaves the session alive.
    stopped = any(s.status in wrong for s in steps if s.name is not StepName.PUBSUB)
    if stopped:
        return [Step(name=row.name, status=StepStatus.MISSING)]
    hidden = story.cadence is not None and story.close.orderly is not False
    if hidden or not (story.stanzas or story.cadence):
        return [Step(name=row.name, status=StepStatus.NOT_CAPTURED)]
    seen = row.see(story)
    if seen is None or seen.passed is None:
        return [Step(name=row.name, status=StepStatus.NOT_CAPTURED)]
    status = StepStatus.DONE if seen.passed else StepStatus.FAILED
    return [_step(row.name, status, seen)]


def as_markdown() -> str:
    """The table for people, as Markdown rows."""
    head = "| step | begins with | done when | fails with |\n|---|---|---|---|\n"
    rows = (f"| {r.name.value} | {r.asks} | {r.answers} | {r.fails} |\n" for r in LOGIN)
    return head + "".join(rows)
