"""Requests that were answered late (RFC 6120 section 8.2.3)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Iq, Needs, Session
from ..progress import seconds
from ..violations import PLACES
from .requests import asked_for, by_client, plain_requests

_LATE_NS = 5_000_000_000
"""A server answers within milliseconds; a person notices a second."""


def _check(session: Session) -> Iterator[Hit]:
    late = [iq for iq in plain_requests(session) if by_client(iq) and _took(iq) > _LATE_NS]
    if late:
        slowest = max(late, key=_took)
        values: dict[str, Value] = {
            "asked": asked_for(slowest.request),
            "to": slowest.request.receiver or "the server",
            "took_s": seconds(slowest.latency_ns),
            "count": len(late),
        }
        others = [iq.request.source for iq in late if iq is not slowest]
        yield Hit((slowest.request.source, *others[: PLACES - 1]), values)


def _took(iq: Iq) -> int:
    return iq.latency_ns or 0


RULE = Rule(
    id="IQ-007",
    severity=Severity.WARNING,
    title="The answer to {asked!t} took {took_s} s",
    cause="{count:request was|requests were} answered later than 5 s; the slowest went to {to!t}. "
    "If pings at the same time were slow too, the line or the whole server stalled; if they were "
    "quick, only the service behind {to!t} is slow (database, load).",
    remedy="1. Compare with the pings of this session. 2. Slow pings, too: look at retransmissions "
    "in a packet capture, and at CPU, memory and garbage collection on the node (show process "
    "load, RTMT, CPU ready time of the host). 3. Quick pings: look for {to!t} in the openfire logs "
    "(file get activelog desktop recurs compress).",
    reference="RFC 6120 §8.2.3",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        12.0 S> <iq xmlns='jabber:client' id='a' type='result'/>
        """,
    ),
    silent_on=("@login",),
)
