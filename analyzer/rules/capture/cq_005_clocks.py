"""Clocks of recordings, or of one and the server, that are apart (RFC 9110 section 6.6.1)."""

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from ...model.http import field
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Session
from ..evidence import beginning
from ..progress import seconds

_TOLD_NS = 2_000_000_000
"""Whole seconds in HTTP, and the way, are less."""

_WARNED_NS = 60_000_000_000


def _check(session: Session) -> Iterator[Hit]:
    found = [("two recordings of this session", -part.offset_ns) for part in session.parts]
    found += (("the recording and the server", ahead) for ahead in _of_server(session))
    whose, ahead_ns = max(found, key=lambda one: abs(one[1]), default=("", 0))
    if abs(ahead_ns) >= _TOLD_NS:
        values: dict[str, Value] = {"whose": whose, "apart_s": seconds(abs(ahead_ns))}
        severity = Severity.WARNING if abs(ahead_ns) > _WARNED_NS else None
        yield Hit((beginning(session),), values, severity=severity)


def _of_server(session: Session) -> Iterator[int]:
    """How far the server's clock is ahead, by what it says of the time."""
    info, upgrade = session.system_info, session.upgrade
    if info is not None and info.clock_offset_ns is not None:
        yield info.clock_offset_ns
    answer = upgrade.exchange.response if upgrade is not None else None
    said = field(answer.headers, "Date") if answer is not None else None
    if upgrade is None or upgrade.time_ns is None or said is None:
        return
    try:
        date = parsedate_to_datetime(said)
        told_s = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return  # as captured
    yield int(told_s) * 1_000_000_000 - upgrade.time_ns


RULE = Rule(
    id="CQ-005",
    severity=Severity.INFO,
    title="The clocks of {whose} are {apart_s} s apart",
    cause="Times of the two cannot be compared as they stand. This report puts recordings of one "
    "session on one clock; logs of the server, and those of other hosts, still have their own. "
    "Clocks that are minutes apart break more: certificates count as not yet or no longer valid, "
    "and sign-on with tokens (SSO, Kerberos) is refused.",
    remedy="When you look into logs, add the difference. Have NTP running on all hosts: on the "
    "node utils ntp status, on a Windows PC w32tm /query /status.",
    reference="RFC 9110 §6.6.1; RFC 5905 §8",
    check=_check,
    fires_on=(
        "@login\n@also\n@clock 4\n@login",
        "@har\n@login\n@also\n@clock 400\n@login",
        "@response Date: Mon, 05 Jan 2026 08:02:00 GMT\n@login",
        "@response Date: Mon, 05 Jan 2026 08:02:00\n@login",
        """
        @har
        @login
        0.5 C> [http GET /finesse/api/SystemInfo 200] <SystemInfo><currentTimestamp>\
2026-01-05T08:05:00.000Z</currentTimestamp></SystemInfo>
        """,
    ),
    silent_on=(
        "@login",
        "@login\n@also\n@clock 1\n@login",
        "@response Date: Mon, 05 Jan 2026 08:00:00 GMT\n@login",
        "@response Date: yesterday\n@login",
    ),
)
