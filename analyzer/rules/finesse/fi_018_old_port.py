"""A port that newer releases of Finesse have closed (Cisco Finesse FAQ)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Session
from ..evidence import beginning


def _check(session: Session) -> Iterator[Hit]:
    port = session.server.rpartition(":")[2]
    since = session.profile.retired_ports.get(port)
    if since is None or session.profile.is_before(since):
        return
    # Where nobody says which release it is, the port may be the right one.
    severity = Severity.WARNING if session.profile.release else None
    yield Hit((beginning(session),), {"port": port, "release": since}, severity=severity)


RULE = Rule(
    id="FI-018",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="The client uses port {port}, which Finesse {release} and later no longer want",
    cause="7071 (ws, BOSH) and 5222 (plain XMPP) are off since Finesse 12.5, 7443 (wss) is "
    "deprecated since 12.6, where the WebSocket goes through the web proxy on 8445. A client on "
    "{port} works only with an older release or where somebody turned the port on again, and it "
    "stops working at the next upgrade.",
    remedy="Change the client to wss://FQDN:8445/ws/ on 12.6 and later, wss://FQDN:7443/ws/ on "
    "12.5 (thick clients: 5223 with TLS). If an insecure port was opened on purpose, close it "
    "again: utils finesse set_property webservices enableInsecureOpenfirePort false.",
    reference="Cisco DevNet, Finesse: FAQ; Cisco Finesse Administration Guide, CLI",
    check=_check,
    fires_on=(
        "@url ws://finesse.example.test:7071/ws/\n@login",
        "@profile finesse-12.6\n@url wss://finesse.example.test:7443/ws/\n@login",
    ),
    silent_on=(
        "@url wss://finesse.example.test:8445/ws/\n@login",
        "@profile finesse-12.0\n@url wss://finesse.example.test:7443/ws/\n@login",
    ),
)
