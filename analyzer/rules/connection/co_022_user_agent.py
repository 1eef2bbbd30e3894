"""412 to the upgrade: Cisco's reverse proxy filters the browser."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {412})


RULE = Rule(
    id="CO-022",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} refused the WebSocket: 412 Precondition Failed",
    cause="Cisco's reverse proxy answers 412 where the User-Agent does not match "
    "NGX_VALID_USER_AGENTS_REGEX: an embedded browser of a CRM, a new browser build, a test tool "
    "or script.",
    remedy="Compare the User-Agent of this session with NGX_VALID_USER_AGENTS_REGEX in the proxy's "
    "environment file; extend the expression, or leave it empty to allow all, and restart the "
    "proxy. If the agent should not use that program, a supported browser helps at once.",
    reference="RFC 9110 §15.5.13; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", "FR-001", *ENDINGS),
    check=_check,
    fires_on=("@no-upgrade 412 Precondition Failed",),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
