"""What the records of an encrypted session still tell (RFC 8446 appendix E.3)."""

from collections.abc import Iterator

from ...model.rule import Confidence, Hit, Rule, Severity, Value
from ...model.session import CloseKind, Needs, Session
from ...model.tls import Cadence
from ..evidence import ending
from ..progress import seconds

BROKEN = 2.5
"""Pings this many intervals apart are no longer regular."""


def _check(session: Session) -> Iterator[Hit]:
    cadence, facts = session.cadence, session.tls
    if cadence is None or facts is None or not cadence.signs or cadence.last_ns is None:
        return
    values: dict[str, Value] = {
        "server": session.server,
        "sent": facts.to_server.application,
        "received": facts.to_client.application,
        "sign": ", ".join(cadence.signs),
        "pings": _pings(cadence),
        "pause_s": seconds(cadence.silence_ns),
        "idle_s": seconds(session.close.idle_ns),
        "end": _end(session, cadence),
    }
    yield Hit((ending(session),), values)


def _pings(cadence: Cadence) -> str:
    if not cadence.pings or cadence.ping_interval_ns is None:
        return "none"
    usual = seconds(cadence.ping_interval_ns)
    longest = seconds(cadence.ping_longest_ns)
    held = "held" if longest <= BROKEN * usual else "broken"
    return f"{cadence.pings}, every {usual} s, longest pause {longest} s: {held}"


def _end(session: Session, cadence: Cadence) -> str:
    close = session.close
    if close.kind is CloseKind.OPEN:
        return "not in the capture"
    closed = f"close_notify by {cadence.closed_by}, " if cadence.closed_by is not None else ""
    side = session.connection.ended_side if session.connection is not None else None
    return f"{closed}{close.kind.value} by {side or 'one side'}"


RULE = Rule(
    id="TL-006",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    title="Encrypted, but the lengths and times of its records show: pings {pings!t}; end {end!t}",
    cause="Of this connection nothing can be read, but it looks like a desktop's ({sign!t}): "
    "{sent:record|records} of application data from the client, {received} from {server}. The "
    "longest silence was {pause_s} s, the one before the end {idle_s} s. Small records to and fro "
    "at a steady interval are the pings of the desktop: as long as they hold, page and network are "
    "well; a break of a minute is a throttled background tab or a sleeping PC; pings that stop at "
    "once with all else are the network.",
    remedy="1. Compare the time of the end, and who ended it, with the log of that side. 2. To "
    "read what was said, bring the session's keys or a HAR, as the finding about encryption says.",
    reference="RFC 8446 §5.1, appendix E.3; XEP-0199 §4.2",
    needs=frozenset({Needs.TLS}),
    check=_check,
    fires_on=(
        "@tls locked=no-keys alpn=http/1.1 cadence=10\n@login\n@until 60",
        "@tls locked=no-keys alpn=http/1.1\n@login\n60.9 S> [fin]",
        "@late\n@tls locked=no-handshake hello=no cadence=10\n@login\n@until 90",
    ),
    silent_on=(
        "@tls version=1.3\n@login",
        "@login",
    ),
)
