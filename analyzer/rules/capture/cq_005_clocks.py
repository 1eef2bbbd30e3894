"""Clocks of two recordings of one session that are apart (RFC 5905)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Session
from ..evidence import beginning
from ..progress import seconds

_TOLD_NS = 2_000_000_000
"""The way from one place to the other takes less."""

_WARNED_NS = 60_000_000_000


def _check(session: Session) -> Iterator[Hit]:
    """The clock of the server itself has a rule of its own (FI-015)."""
    apart_ns = max((abs(part.offset_ns) for part in session.parts), default=0)
    if apart_ns >= _TOLD_NS:
        severity = Severity.WARNING if apart_ns > _WARNED_NS else None
        yield Hit((beginning(session),), {"apart_s": seconds(apart_ns)}, severity=severity)


RULE = Rule(
    id="CQ-005",
    severity=Severity.INFO,
    title="The clocks of two recordings of this session are {apart_s} s apart",
    cause="Times of the two cannot be compared as they stand. This report puts recordings of one "
    "session on one clock; logs of the server, and those of other hosts, still have their own. "
    "Clocks that are minutes apart break more: certificates count as not yet or no longer valid, "
    "and sign-on with tokens (SSO, Kerberos) is refused.",
    remedy="When you look into logs, add the difference. Have NTP running on all hosts: on the "
    "node utils ntp status, on a Windows PC w32tm /query /status.",
    reference="RFC 5905 §8",
    check=_check,
    fires_on=(
        "@login\n@also\n@clock 4\n@login",
        "@har\n@login\n@also\n@clock 400\n@login",
    ),
    silent_on=(
        "@login",
        "@login\n@also\n@clock 1\n@login",
    ),
)
