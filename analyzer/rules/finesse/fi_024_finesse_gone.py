"""Finesse's own presence goes away (Cisco: Failure Scenarios)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..progress import seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    gone = session.peer_gone
    if gone is not None:
        values: dict[str, Value] = {
            "peer": gone.sender or "finesse",
            "after_s": seconds(until_end(session, gone.source)),
        }
        yield Hit((gone.source,), values)


RULE = Rule(
    id="FI-024",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="{peer} became unavailable: Finesse Tomcat left the notification service",
    cause="The desktop watches the presence of {peer}. Unavailable means that the web application "
    "stopped, crashed or lost its XMPP link while the notification service went on (this session "
    "lasted {after_s} s more). No more events come; the desktop polls SystemInfo every 20 s and "
    "goes over to the other node if that one is IN_SERVICE.",
    remedy="1. On the node: utils service list. 2. Did somebody restart Cisco Finesse Tomcat? If "
    "not, get webservices and Tomcat logs (file get activelog desktop recurs compress) and look "
    "for out of memory, a crash, and UNABLE_TO_CONNECT_TO_XMPP_SERVER in the syslog. 3. Bring it "
    "back in this order: stop Tomcat, stop Cisco Finesse Notification Service, start it, start "
    "Tomcat.",
    reference="Cisco DevNet, Finesse: Failure Scenarios; Cisco Finesse Administration Guide, "
    "Failover Mechanisms",
    needs=frozenset({Needs.MESSAGES}),
    explains=(
        "CO-010",
        "FI-010",
        "FI-012",
        "FI-013",
        "FI-016",
        "FI-022",
        "FI-032",
        "FI-033",
        "FI-034",
    ),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <presence xmlns='jabber:client' from='finesse@finesse.example.test/x'/>
        9.0 S> <presence xmlns='jabber:client' from='finesse@finesse.example.test/x' \
type='unavailable'/>
        """,
    ),
    silent_on=("@login",),
)
