"""An id that was used again before its answer came (RFC 6120 section 8.1.3)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Iq, Needs, Session
from ...model.source import Direction
from ..violations import blamed, merged


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "side")


def _each(session: Session) -> Iterator[Hit]:
    last: dict[tuple[Direction, str], Iq] = {}
    for iq in session.iqs:
        request = iq.request
        if not request.id:
            continue
        key = (request.direction, request.id)
        earlier = last.get(key)
        if earlier is not None and _is_open(earlier, request.source.time_ns):
            side = request.direction.sender
            values: dict[str, Value] = {"side": side.value, "id": request.id}
            yield Hit((request.source, earlier.request.source), values, party=blamed(side))
        last[key] = iq


def _is_open(earlier: Iq, time_ns: int | None) -> bool:
    """Whether a request was still without answer at a time."""
    if earlier.answer is None:
        return True
    answered_ns = earlier.answer.source.time_ns
    return answered_ns is not None and time_ns is not None and answered_ns > time_ns


RULE = Rule(
    id="IQ-004",
    severity=Severity.WARNING,
    title="The {side!t} used an id again before its answer came ({count:time|times}, first: {id})",
    cause="Answers are matched to requests by their id alone. With two open requests of one id the "
    "{side!t} cannot tell which one was answered: it may take an old answer for a new one (a ping "
    "that seems answered, a subscription that seems made). Strophe's ids are unique, so this is a "
    "custom client with fixed ids.",
    remedy="Have the client make a new id for each request (a counter or a UUID).",
    reference="RFC 6120 §8.1.3, §8.2.3",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.1 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.2 S> <iq xmlns='jabber:client' id='a' type='result'/>
        """,
        """
        @login
        5.0 S> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.1 S> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.1 S> <iq xmlns='jabber:client' id='a' type='result'/>
        5.2 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.3 C> <iq xmlns='jabber:client' type='get'><query xmlns='jabber:iq:version'/></iq>
        """,
    ),
)
