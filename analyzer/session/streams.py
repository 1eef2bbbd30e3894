"""
Streams that a TCP connection carried one after the other.

Behind `</stream:stream>` both sides should close TCP (RFC 6120 section 4.4). A client that opens a
new stream instead logs in anew: that is a session of its own. A header behind SASL or STARTTLS,
with nothing closed before, goes on with the old one.
"""

from copy import copy
from itertools import pairwise

from ..model.limits import CONNECTION_SESSIONS
from ..model.session import Carrier
from ..model.source import Direction, Source
from ..model.xmpp import StanzaKind
from .identity import carrier_of
from .trace import Trace


def streams_of(trace: Trace) -> list[Trace]:
    """The trace itself, or one for each of its streams."""
    if carrier_of(trace) is not Carrier.TCP:
        return [trace]
    begins = [0]
    closed = False
    for index, stanza in enumerate(trace.stanzas):
        if stanza.kind is StanzaKind.CLOSE:
            closed = True
        elif closed and _opens(trace, index):
            if len(begins) == CONNECTION_SESSIONS:
                trace.reached("CONNECTION_SESSIONS", CONNECTION_SESSIONS)
                break
            begins.append(index)
            closed = False
    if len(begins) == 1:
        return [trace]
    return [_part(trace, *cut) for cut in pairwise([*begins, len(trace.stanzas)])]


def _opens(trace: Trace, index: int) -> bool:
    stanza = trace.stanzas[index]
    return stanza.kind is StanzaKind.OPEN and stanza.direction is Direction.TO_SERVER


def _part(trace: Trace, begin: int, end: int) -> Trace:
    """What stands between two places of a trace."""
    stanzas = trace.stanzas
    last = end == len(stanzas)
    since_ns = stanzas[begin].source.time_ns or 0 if begin else 0
    until_ns = None if last else stanzas[end].source.time_ns

    def within(source: Source | None) -> bool:
        time_ns = since_ns if source is None or source.time_ns is None else source.time_ns
        return since_ns <= time_ns and (until_ns is None or time_ns < until_ns)

    part = copy(trace)
    part.stanzas = stanzas[begin:end]
    part.stanza_count = end - begin + (trace.stanza_count - len(stanzas) if last else 0)
    part.gaps = [gap for gap in trace.gaps if within(gap.source)]
    part.keepalives = [kept for kept in trace.keepalives if within(kept.source)]
    part.keep_anomalies(within)
    if begin:
        part.first_ns = stanzas[begin].source.time_ns
    if not last:
        part.last_ns = stanzas[end - 1].source.time_ns or 0
    return part
