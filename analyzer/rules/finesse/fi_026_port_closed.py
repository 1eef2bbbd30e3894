"""Refused on a port that the release of Finesse no longer opens (Cisco Finesse FAQ)."""

from collections.abc import Iterator
from itertools import chain

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import REFUSED, failed_with, not_connected

_PLAIN = frozenset({"5222", "7071"})
"""Without TLS: closed wherever nobody opened them again. 7443 may be a 12.5 that is down."""


def _check(session: Session) -> Iterator[Hit]:
    port, profile = session.server.rpartition(":")[2], session.profile
    since = profile.retired_ports.get(port)
    if since is None or (profile.is_before(since) if profile.release else port not in _PLAIN):
        return
    for hit in chain(failed_with(session, REFUSED), not_connected(session, "refused")):
        yield Hit(hit.evidence, {**hit.values, "port": port, "release": since})


RULE = Rule(
    id="FI-026",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client still uses port {port} of {server}, which Finesse closes from {release} on",
    cause="The host answers, but nothing listens on {port}: 7071 (ws, BOSH) and 5222 (XMPP) "
    "without TLS are off since 12.5, and from 12.6 on 7443 gives way to 8445, where the web proxy "
    "takes the WebSocket. A custom desktop, gadget or CRM connector that was made for an older "
    "release fails like this right after an upgrade, while the Finesse desktop itself works.",
    remedy="1. Have the client connect to wss://FQDN:8445/ws/ from 12.6 on, wss://FQDN:7443/ws/ on "
    "12.0 and 12.5; a thick client to 5223 with TLS. 2. Until it is changed, on 12.5 the ports "
    "without TLS can be opened again: utils finesse set_property webservices "
    "enableInsecureOpenfirePort true, then restart Cisco Finesse Notification Service and Cisco "
    "Finesse Tomcat. 3. If the node is older than {release}, the Notification Service is stopped: "
    "utils service list.",
    reference="RFC 9293 §3.5.2; Cisco DevNet, Finesse: FAQ",
    explains=("CO-003", "FI-018", *ENDINGS),
    check=_check,
    fires_on=(
        "@har\n@url ws://finesse.example.test:7071/ws/\n@no-connect refused",
        "@url ws://finesse.example.test:7071/ws/\n@no-connect refused",
        "@profile finesse-12.6\n@url wss://finesse.example.test:7443/ws/\n@no-connect refused",
    ),
    silent_on=(
        "@no-connect refused",
        "@url wss://finesse.example.test:7443/ws/\n@no-connect refused",
        "@profile finesse-11\n@url ws://finesse.example.test:7071/ws/\n@no-connect refused",
        "@url ws://finesse.example.test:7071/ws/\n@no-connect silent",
        "@url ws://finesse.example.test:7071/ws/\n@login",
    ),
)
