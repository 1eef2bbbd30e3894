"""The name of the server was not resolved (RFC 1035)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..net_errors import failed_with

_CODES = frozenset({"ERR_NAME_NOT_RESOLVED", "ERR_NAME_RESOLUTION_FAILED", "NS_ERROR_UNKNOWN_HOST"})


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, _CODES, ("ERR_DNS_",))


RULE = Rule(
    id="CO-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The browser could not resolve the name of {server}",
    cause="DNS gave this PC no address ({error}), so no connection was even tried. Usual reasons: "
    "the record is missing or old, the PC asks another DNS server (home office without VPN, public "
    "DNS), or an internal host name reaches agents outside: behind a reverse proxy, SystemInfo "
    "still names the nodes by their internal names where the proxy's map file does not cover them.",
    remedy="1. On the agent's PC: nslookup with the host name; it must give the address of the "
    "Finesse node, or of the reverse proxy. 2. If not, add the A record, or have the PC use the "
    "company's DNS (VPN). 3. Outside the company, open https://PROXY:PORT/finesse/api/SystemInfo: "
    "primaryNode and secondaryNode must be names that resolve there; else correct the proxy's map "
    "file. Finesse needs FQDNs that resolve; an IP address in the URL is no way around it.",
    reference="RFC 1035 §4.1.1; Cisco Finesse Administration Guide 15.0(1), reverse proxy",
    needs=frozenset({Needs.HAR}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 Error in connection establishment: net::ERR_NAME_NOT_RESOLVED
        """,
    ),
    silent_on=("@har\n@no-connect refused", "@har\n@login", "@login"),
)
