"""<open/> without what it must carry (RFC 7395 section 3.4)."""

from ...model.rule import Rule, Severity
from ...model.session import Needs
from ..opens import incomplete_opens

RULE = Rule(
    id="FR-007",
    severity=Severity.WARNING,
    title="The <open/> of the {side!t} lacks {lacking}",
    cause="The client says which domain it wants (to) and that it speaks XMPP 1.0, the server who "
    "it is (from) and the same version. Without to, Openfire falls back to its own domain and "
    "others refuse (host-unknown, improper-addressing). Without version='1.0' there are no stream "
    "features, hence no SASL and no bind.",
    remedy="In a client: to is xmppDomain of GET /finesse/api/SystemInfo, version is 1.0. If it is "
    "the server's that lacks them, the answer comes from something else than Openfire: look at "
    "Server and at the proxy in front.",
    reference="RFC 7395 §3.4; RFC 6120 §4.7.1, §4.7.5",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("ST-001", "ST-003", "ST-011"),
    check=incomplete_opens,
    fires_on=(
        "0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>",
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='a.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='x'/>
        """,
    ),
    silent_on=("@login", "0.0 C> [text fin=0] <open xmlns='urn:x'\n9.0 C> [fin]"),
)
