"""A stream on TCP without TLS over a network (RFC 6120 sections 5.2 and 13.4)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import Auth, Features
from ..evidence import beginning

_LOOPBACK = ("127.", "[::1]")


def _check(session: Session) -> Iterator[Hit]:
    said = [stanza.payload for stanza in session.negotiation]
    plain = any(isinstance(one, Auth) and one.mechanism == "PLAIN" for one in said)
    if session.encrypted is not False or plain or session.server.startswith(_LOOPBACK):
        return  # that a password went in clear is told by a rule of its own
    offers = [one for one in said if isinstance(one, Features)]
    offered = any(one.starttls for one in offers)
    offer = "offered and not used" if offered else "not offered" if offers else "not seen"
    yield Hit((beginning(session),), {"server": session.server, "offer": offer})


RULE = Rule(
    id="ST-024",
    severity=Severity.INFO,
    title="The XMPP stream to {server} is not encrypted (STARTTLS: {offer!t})",
    cause="Everything said on it can be read and changed on the way: who calls whom, call "
    "variables, states. Since 12.5 Finesse takes thick clients on 5223 with TLS only; 5222 is open "
    "where somebody opened it on purpose (enableInsecureOpenfirePort), or this is the hop behind "
    "something that ends TLS, where it may be all right.",
    remedy="Point the client to port 5223 with TLS. If the port was opened for a capture, close it "
    "again: utils finesse set_property webservices enableInsecureOpenfirePort false, then restart "
    "Cisco Finesse Notification Service.",
    reference="RFC 6120 §5.2, §13.4",
    needs=frozenset({Needs.MESSAGES, Needs.TCP}),
    check=_check,
    fires_on=(
        "@tcp\n@login until=open",
        """
        @tcp
        0.0 C> <open to='a.test' version='1.0'/>
        0.1 S> <open from='a.test' id='x' version='1.0' xml:lang='en'/>
        0.1 S> <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\
</stream:features>
        """,
        "@tcp\n0.0 C> <open to='a.test' version='1.0'/>",
    ),
    silent_on=("@tcp\n@login", "@tcp\n@tls version=1.3\n@login until=open"),
)
