"""The name of the server was not resolved (RFC 1035)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Session
from ..consequences import ENDINGS
from ..evidence import beginning
from ..net_errors import failed_with
from .lookups import in_words, is_failed

_CODES = frozenset({"ERR_NAME_NOT_RESOLVED", "ERR_NAME_RESOLUTION_FAILED", "NS_ERROR_UNKNOWN_HOST"})


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, _CODES, ("ERR_DNS_",))
    # In packets there is a session, so the name was resolved in the end, or was known already.
    vain = next((o for o in session.resolutions if o.kind == "A" and is_failed(o)), None)
    if vain is not None:
        values: dict[str, Value] = {"error": in_words(vain), "server": vain.name}
        place = vain.answered or vain.asked or beginning(session)
        yield Hit((place,), values, severity=Severity.INFO, effect=Effect.NONE)


RULE = Rule(
    id="CO-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.NETWORK,
    title="The browser could not resolve the name of {server}",
    cause="DNS gave this PC no address ({error!t}), so no connection could be tried; where this is "
    "but a note, it got one later, or knew one from before. Usual reasons: "
    "the record is missing or old, the PC asks another DNS server (home office without VPN, public "
    "DNS), or an internal host name reaches agents outside: behind a reverse proxy, SystemInfo "
    "still names the nodes by their internal names where the proxy's map file does not cover them.",
    remedy="1. On the agent's PC: nslookup with the host name; it must give the address of the "
    "Finesse node, or of the reverse proxy. 2. If not, add the A record, or have the PC use the "
    "company's DNS (VPN). 3. Outside the company, open https://PROXY:PORT/finesse/api/SystemInfo: "
    "primaryNode and secondaryNode must be names that resolve there; else correct the proxy's map "
    "file. Finesse needs FQDNs that resolve; an IP address in the URL is no way around it.",
    reference="RFC 1035 §4.1.1; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 Error in connection establishment: net::ERR_NAME_NOT_RESOLVED
        """,
        "@dns 0 finesse.example.test SERVFAIL\n@connection 5\n@login",
    ),
    silent_on=(
        "@dns 0 finesse.example.test 192.0.2.1\n@login",
        "@dns 0 other.example.test NXDOMAIN\n@login",
        "@har\n@no-connect refused",
        "@har\n@login",
        "@login",
    ),
)
