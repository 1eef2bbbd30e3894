"""The browser's own proxy did not let the connection through (RFC 9110 section 9.3.6)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import failed_with

_CODES = frozenset(
    {
        "ERR_HTTPS_PROXY_TUNNEL_RESPONSE",
        "ERR_MANDATORY_PROXY_CONFIGURATION_FAILED",
        "ERR_NO_SUPPORTED_PROXIES",
        "ERR_TUNNEL_CONNECTION_FAILED",
        "ERR_UNEXPECTED_PROXY_AUTH",
        "NS_ERROR_PROXY_CONNECTION_REFUSED",
        "NS_ERROR_UNKNOWN_PROXY_HOST",
    }
)


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, _CODES, ("ERR_PROXY_", "ERR_SOCKS_", "ERR_PAC_"))


RULE = Rule(
    id="CO-030",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="The browser's proxy did not connect it to {server} ({error})",
    cause="The PC uses a proxy, and {server} was never asked. …PROXY_CONNECTION…: "
    "the proxy itself cannot be reached or its name is wrong. …TUNNEL…: it refused CONNECT, mostly "
    "because it allows port 443 only or does not know the host. …AUTH…: it wants a login. …PAC…: "
    "the script that chooses the proxy cannot be loaded.",
    remedy="1. Let the browser go to the Finesse nodes past the proxy: exceptions in the system's "
    "settings, or DIRECT for these names in the PAC file. 2. Where a proxy must be, have it allow "
    "CONNECT to ports 8445 and 7443. 3. chrome://net-internals/#proxy or the system's settings "
    "show which proxy is used; its log has the refusal at this second.",
    reference="RFC 9110 §9.3.6; RFC 6455 §4.1; Chromium, net_error_list.h",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 Error in connection establishment: net::ERR_TUNNEL_CONNECTION_FAILED
        """,
        "@har\n@no-upgrade 0 net::ERR_PROXY_CONNECTION_FAILED",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CONNECTION_RESET",
        "@har\n@login",
    ),
)
