"""403 to the upgrade and to REST alike: proxy and node do not trust each other."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..violations import PLACES
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    for hit in refused_with(session, {403}):
        answers = [call.response for call in session.exchanges if call.response is not None]
        if answers and all(answer.status == 403 for answer in answers):
            places = (answer.source for answer in answers[:PLACES])
            yield Hit((*hit.evidence, *places), {**hit.values, "calls": len(answers)})


RULE = Rule(
    id="CO-038",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} answers everything with 403 Forbidden, the WebSocket and REST calls alike",
    cause="Refused by {software!t}: the WebSocket, and every REST call of this client beside it "
    "({calls}). So it is not a matter of /ws/, and nobody looked at a password. Cisco's reverse "
    "proxy and the node authenticate each other with certificates (mutual TLS): where these were "
    "not exchanged, have expired or were renewed on one side only, everything gets 403. Any other "
    "proxy: an access list that does not hold this client's address.",
    remedy="1. On each Finesse node: utils system reverse-proxy client-auth status. It must be "
    "enabled, and the proxy's host among utils system reverse-proxy allowed-hosts list. 2. "
    "Exchange the certificates again: the proxy's into the nodes' tomcat-trust, the nodes' into "
    "the proxy's trust store; then restart Cisco Finesse Tomcat and the proxy. 3. Past the proxy, "
    "https://FQDN:8445/finesse/api/SystemInfo must answer 200. 4. The error log of that proxy at "
    "this second names the certificate or the rule.",
    reference="RFC 9110 §15.5.4; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    explains=("CO-007", "WS-001", "WS-002", "WS-003", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        """
        5.0 C> [http GET /finesse/api/SystemInfo 403]
        @connection 6
        @no-upgrade 403 Forbidden
        """,
    ),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        """
        5.0 C> [http GET /finesse/api/SystemInfo 200]
        @connection 6
        @no-upgrade 403 Forbidden
        """,
        """
        5.0 C> [http GET /finesse/api/SystemInfo 403]
        @connection 6
        @login
        """,
    ),
)
