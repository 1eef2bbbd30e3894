"""A subscribe answered by an error, which the desktop hides (XEP-0060 section 6.1.3)."""

from collections import defaultdict
from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.pubsub import Subscription
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..nodes import absent_here
from ..pubsub.requests import TROUBLE, is_foreign
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    refused: defaultdict[str, list[Subscription]] = defaultdict(list)
    for one in session.subscriptions:
        if one.error is not None and not one.unsubscribe and not absent_here(session, one):
            condition = one.error.pubsub or one.error.condition or "unknown"
            if condition != "invalid-jid" or not is_foreign(session, one.jid):  # else PS-002
                refused[condition].append(one)
    for condition, ones in refused.items():
        values: dict[str, Value] = {
            "condition": condition,
            "node": ones[0].node or "?",
            "count": len(ones),
            "service": ones[0].service or "?",
        }
        places = tuple(one.answer or one.source for one in ones[:PLACES])
        yield Hit(places, values, party=Party.SERVER if condition in TROUBLE else None)


def _refused(condition: str, jid: str = "a@example.test", node: str = "Team/4/Users") -> str:
    return f"""
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/{node}' jid='{jid}'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='s1'><error>{condition}</error></iq>
        """


_UNKNOWN = "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
_WRONG_JID = "<invalid-jid xmlns='http://jabber.org/protocol/pubsub#errors'/>"

RULE = Rule(
    id="FI-006",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="Subscribing to {node} was refused ({condition!t}), and the desktop does not show it",
    cause="{count:subscribe request|subscribe requests} got the error {condition!t}. The desktop "
    "takes an error for success, so neither agent nor supervisor sees a message; the gadget that "
    "needs {node} just stays empty. item-not-found: no such node, a wrong team or queue id, a team "
    "that was deleted, a Queue node on UCCX (which has none), or the wrong service {service}. "
    "forbidden, not-authorized, not-allowed, closed-node: the user may not see it, e.g. an agent "
    "asks for a team that only its supervisor may see. invalid-jid: jid is not the JID of the one "
    "who asks. Others: the node's own rules.",
    remedy="1. item-not-found: compare the id in the node with GET /finesse/api/User/ID (teamId) "
    "and GET /finesse/api/Team/ID, the service with xmppPubSubDomain of SystemInfo; after changes "
    "of teams restart Cisco Finesse Tomcat. 2. Refused for lack of rights: check role and team of "
    "the user; for team data by REST for all users: utils finesse set_property webservices "
    "enableTeamAPIAccessForAllusers true (all nodes, then restart Cisco Finesse Tomcat). 3. "
    "invalid-jid: let the client subscribe with the JID from its bind result.",
    reference="XEP-0060 §6.1.3; Cisco DevNet, Finesse: Subscription Management",
    needs=frozenset({Needs.MESSAGES}),
    explains=("IQ-008", "OR-016"),
    check=_check,
    fires_on=(f"@login{_refused(_UNKNOWN)}", f"@login{_refused(_WRONG_JID)}"),
    silent_on=(
        "@login",
        f"@login{_refused(_WRONG_JID, 'b@example.test')}",
        f"""
        @har
        @login
        2.0 C> [http GET /finesse/api/SystemInfo 200] <SystemInfo>\
<deploymentType>UCCX</deploymentType></SystemInfo>
        {_refused(_UNKNOWN, node="Queue/7")}
        """,
    ),
)
