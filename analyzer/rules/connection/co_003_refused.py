"""The connection was refused (RFC 9293 section 3.5.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import REFUSED, failed_with, not_connected


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, REFUSED)
    yield from not_connected(session, "refused")


RULE = Rule(
    id="CO-003",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="{server} refused the connection: nothing listens on that port",
    cause="The host is there, but it answered the SYN with RST. Either the service is stopped "
    "(Cisco Finesse Notification Service for 7443 and 7071, the Web Proxy Service for 8445), or "
    "the client still uses an old port: 7071 and 5222 are closed since 12.5, 7443 went with 12.6, "
    "where everything comes in on 8445.",
    remedy="1. On the node: utils service list. 2. If the Notification Service is down, restart in "
    "this order, outside working hours: utils service stop Cisco Finesse Tomcat, utils service "
    "stop Cisco Finesse Notification Service, utils service start Cisco Finesse Notification "
    "Service, utils service start Cisco Finesse Tomcat. 3. If it runs, compare the port in the "
    "client with the release: wss://FQDN:8445/ws/ from 12.6 on, wss://FQDN:7443/ws/ for 12.0 and "
    "12.5. For old clients: utils finesse set_property webservices enableInsecureOpenfirePort "
    "true, then restart both services.",
    reference="RFC 9293 §3.5.2; Cisco DevNet, Finesse: FAQ",
    explains=ENDINGS,
    check=_check,
    fires_on=("@har\n@no-connect refused", "@no-connect refused"),
    silent_on=(
        "@no-connect refused\n@connection 5\n@login",
        "@har\n@no-connect silent",
        "@har\n@login",
        "@login",
    ),
)
