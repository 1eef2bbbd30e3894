"""A close code that must not appear on the wire (RFC 6455 section 7.4)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import violations, weighed
from .close_codes import TOLD


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_CLOSE_CODE))


RULE = Rule(
    id="WS-021",
    severity=Severity.WARNING,
    title="The {side!t} sent a Close with {close_code}, which may not be sent",
    cause="1005, 1006 and 1015 exist only inside an API: no code, no Close, failed TLS handshake. "
    "1004, all below 1000 and what is not assigned up to 2999 mean nothing. A browser that gets "
    "one fails the connection and reports 1002 or 1006. Mostly a proxy or an application passed on "
    "the code it had itself been given, because its own connection on the far side broke.",
    remedy="If a proxy or load balancer stands in between, look in its log for the connection to "
    "the Finesse node at this second: that is the one that failed. Then look at the same time in "
    "a capture taken on the Finesse node.",
    reference="RFC 6455 §7.4.1, §7.4.2",
    needs=frozenset({Needs.FRAMES}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1006 abnormal]
        """,
    ),
    silent_on=(
        """
        @login
        5.0 S> [close 4000 private]
        """,
    ),
)
