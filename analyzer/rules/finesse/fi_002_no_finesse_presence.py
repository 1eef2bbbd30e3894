"""No presence from Finesse behind the client's own (Cisco desktop, EventTunnel)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName
from ..progress import seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    step = session.step(StepName.PRESENCE)
    if not session.profile.presence_peers or step is None or step.asked is None:
        return
    waited = until_end(session, step.asked)
    values: dict[str, Value] = {"waited_s": seconds(waited), "domain": session.domain or "DOMAIN"}
    if session.peer_presence is not None or waited is None or session.gaps:
        return
    if session.subscriptions or session.deliveries:
        yield Hit((step.asked,), values, severity=Severity.INFO, effect=Effect.NONE)
    elif waited >= session.profile.presence_wait_ms * 1_000_000:
        yield Hit((step.asked,), values)


RULE = Rule(
    id="FI-002",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="No presence from finesse@{domain} came after the login",
    cause="The client logged in, bound and sent its presence, and in {waited_s} s Finesse's own "
    "presence (finesse@{domain}, or a name that begins with cuic. or ccx.) did not come. The "
    "desktop waits for it before it subscribes to anything, so the agent sees the spinner and "
    "nothing else. Then Finesse Tomcat has no XMPP connection of its own: it is starting, it is "
    "down, or it lost the notification service and did not come back (syslog "
    "UNABLE_TO_CONNECT_TO_XMPP_SERVER). A client that subscribes all the same does not need this "
    "presence, and another XMPP server never sends it: there this is a mere note.",
    remedy="1. On the node: utils service list; Cisco Finesse Tomcat must be STARTED for some "
    "minutes, and GET https://FQDN:8445/finesse/api/SystemInfo must say IN_SERVICE. 2. One agent "
    "only: does the desktop reach the node whose SystemInfo you read? 3. All agents: get the "
    "webservices and openfire logs (file get activelog desktop recurs compress) and search them "
    "for UNABLE_TO_CONNECT_TO_XMPP_SERVER. 4. Then restart, in this order: stop Cisco Finesse "
    "Tomcat, stop Cisco Finesse Notification Service, start the Notification Service, start "
    "Tomcat.",
    reference="Cisco DevNet, Finesse: EventTunnel; Cisco Finesse Administration Guide, Perform "
    "Routine Maintenance",
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES}),
    explains=("OR-016", "PR-003", "WS-022", "FR-011", "FI-010", "FI-034"),
    check=_check,
    fires_on=(
        """
        @login until=session
        1.0 C> <presence xmlns='jabber:client'/>
        14.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        14.1 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
        """
        @login until=session
        1.0 C> <presence xmlns='jabber:client'/>
        1.1 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        """,
    ),
    silent_on=(
        "@login",
        "@login until=bind",
        """
        @login until=session
        1.0 C> <presence xmlns='jabber:client'/>
        2.0 S> [gap 500]
        14.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
        "@login until=session\n1.0 C> <presence xmlns='jabber:client'/>\n2.0 C> [fin]",
    ),
)
