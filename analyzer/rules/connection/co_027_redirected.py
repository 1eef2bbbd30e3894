"""A redirection to the upgrade (RFC 6455 section 4.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {301, 302, 303, 307, 308})


RULE = Rule(
    id="CO-027",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} redirected the WebSocket elsewhere: {status}",
    cause="Browsers follow no redirection of a WebSocket, so it fails. The client was sent on by "
    "{software!t}: to a login page (single sign-on in front of Finesse, an expired session), from "
    "http to https, from a bare name to the FQDN, or to another node.",
    remedy="1. Look at Location in the response: it tells who redirects and where to. 2. A login "
    "page: exempt /ws/ from the proxy's own authentication, or have the agent sign in again. 3. "
    "Another scheme or name: open the desktop by the address that it is redirected to (https, "
    "FQDN, port 8445).",
    reference="RFC 6455 §4.1; RFC 9110 §15.4",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", "FR-001", *ENDINGS),
    check=_check,
    fires_on=("@no-upgrade 302 Found",),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
