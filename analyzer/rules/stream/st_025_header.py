"""A stream header without what it must carry (RFC 6120 section 4.7)."""

from ...model.rule import Rule, Severity
from ...model.session import Needs
from ..opens import incomplete_opens

RULE = Rule(
    id="ST-025",
    severity=Severity.WARNING,
    title="The stream header of the {side!t} lacks {lacking}",
    cause="The client says which domain it wants (to) and that it speaks XMPP 1.0, the server who "
    "it is (from) and the same version. Without to, servers refuse (host-unknown, "
    "improper-addressing) or fall back to a domain of their own. Without version='1.0' the other "
    "side takes it for a client of before 2004: no stream features, hence no STARTTLS, no SASL and "
    "no bind.",
    remedy="In a client: to is xmppDomain of GET /finesse/api/SystemInfo, version is 1.0. If it is "
    "the server's header that lacks them, something else than the notification service answers: "
    "look at what listens on this port, and at load balancers and firewalls in front.",
    reference="RFC 6120 §4.7.1, §4.7.2, §4.7.5",
    needs=frozenset({Needs.MESSAGES, Needs.TCP}),
    explains=("ST-001", "ST-003", "ST-011"),
    check=incomplete_opens,
    fires_on=(
        "@tcp\n0.0 C> <open version='1.0'/>",
        "@tcp\n0.0 C> <open to='a.test' version='1.0'/>\n0.1 S> <open id='x' from='a.test'/>",
    ),
    silent_on=("@tcp\n@login",),
)
