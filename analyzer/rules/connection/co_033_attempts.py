"""Connections to the server that came to nothing before a session (RFC 9293 section 3.5)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Session, StepName, StepStatus
from ..evidence import beginning
from ..progress import seconds

_LONG_NS = 10_000_000_000
"""From the first attempt to the session from which on an agent has waited."""


def _check(session: Session) -> Iterator[Hit]:
    step = session.step(StepName.CONNECT)
    if not session.attempts or (step is not None and step.status is StepStatus.FAILED):
        return
    connections = [one.connection for one in session.attempts]
    first_ns = connections[0].opened_ns
    began = session.started_ns
    waited_ns = began - first_ns if first_ns is not None and began is not None else 0
    values: dict[str, Value] = {
        "count": len(connections),
        "server": ", ".join(dict.fromkeys(str(one.server) for one in connections)),
        "ends": ", ".join(dict.fromkeys(one.detail or one.end.value for one in session.attempts)),
        "waited_s": seconds(waited_ns),
    }
    place = connections[0].opened_source or beginning(session)
    yield Hit((place,), values, severity=Severity.WARNING if waited_ns >= _LONG_NS else None)


RULE = Rule(
    id="CO-033",
    severity=Severity.INFO,
    title="{count:connection|connections} came to nothing in the {waited_s} s before this session "
    "({ends!t})",
    cause="The client tried {server} and did not get through, then it did. A single attempt right "
    "before the session is harmless: a browser tries several addresses of a name, IPv6 first, and "
    "takes the one that answers. Many, or a long time, mean that the service was down or starting "
    "(refused), that a firewall or a failing node drops packets (unanswered), or that a proxy "
    "accepts what it cannot pass on (reset); the agent waited that long.",
    remedy="1. Is the first attempt's address the one of a node that exists? If not, correct DNS. "
    "2. Refused: compare with the time the node's services started (utils service list, openfire "
    "log). 3. Unanswered for one address only: that node, or the way to it, is down; desktops fail "
    "over, but slowly.",
    reference="RFC 9293 §3.5; RFC 8305 §5",
    check=_check,
    fires_on=(
        "@no-connect silent\n@connection 5\n@login",
        "@no-connect refused\n@connection 15\n@login",
        """
        @no-connect silent
        @icmp host unreachable
        @connection 5
        @login
        """,
    ),
    silent_on=(
        "@no-connect silent",
        "@no-connect refused\n@connection 5\n@no-connect refused",
        "@login",
        "@har\n@login",
    ),
)
