"""PLAIN without TLS (RFC 6120 section 13.9.4, RFC 4616 section 5)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import Auth


def _check(session: Session) -> Iterator[Hit]:
    if session.encrypted is not False:
        return
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, Auth) and (said.mechanism or "").upper() == "PLAIN":
            yield Hit(
                (stanza.source,), {"agent": session.agent or "the agent", "server": session.server}
            )
            return


RULE = Rule(
    id="SA-002",
    severity=Severity.WARNING,
    title="The password of {agent!t} went over the network in clear",
    cause="SASL PLAIN carries the password as it is, only base64-encoded, and this connection to "
    "{server} has no TLS. Anyone on the path can read it, and so can anyone who gets this "
    "recording. Since 12.5 Finesse is reached by TLS only (wss on 8445, or 7443): the plain ports "
    "7071 and 5222 are open only where somebody turned them on, or TLS ends at a proxy in front of "
    "the place where this was recorded.",
    remedy="1. Have the agent's password changed. 2. Point the client to wss://FQDN:8445/ws/ (7443 "
    "before 12.6). 3. If the plain ports were opened for a capture, close them: utils finesse "
    "set_property webservices enableInsecureOpenfirePort false, and restart the service that the "
    "command names. 4. Hand this recording on only in its redacted form.",
    reference="RFC 6120 §6.3.4, §13.9.4; RFC 4616 §5",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=("@url ws://finesse.example.test:7071/ws/\n@login",),
    silent_on=(
        "@url wss://finesse.example.test:8445/ws/\n@login",
        "@url ws://finesse.example.test:7071/ws/\n@login until=open",
    ),
)
