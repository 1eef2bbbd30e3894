"""A session ended because the server shuts down (RFC 6120 section 4.9.3.20)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"system-shutdown"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-015",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The notification service was being shut down",
    cause="system-shutdown from {server}, {age_s} s after the session of {agent!t} began: Cisco "
    "Finesse Notification Service was stopped or restarted, or the whole node (switch-over, "
    "upgrade, utils system restart). All agents on this node lose their connection in the same "
    "second; their desktops go over to the other node or wait for this one.",
    remedy="1. Compare with other agents' recordings: the same second confirms it. 2. On the node: "
    "utils service list, show status (uptime), and who did it: the syslog and the audit log at "
    "this time. 3. If nobody did, the service died: keep its logs (file get activelog desktop "
    "recurs compress) and open a TAC case. 4. Restart in this order only: stop Cisco Finesse "
    "Tomcat, stop Cisco Finesse Notification Service, start it, start Tomcat.",
    reference="RFC 6120 §4.9.3.20; Cisco Finesse Administration Guide, Failover Mechanisms",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-024", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
