"""A notification whose source does not belong to its node (Cisco: Notification Parameters)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session

_API = "/finesse/api/"


def _check(session: Session) -> Iterator[Hit]:
    for one in session.deliveries:
        node, source = one.node, one.update.source if one.update is not None else None
        if node == source or node is None or source is None:
            continue
        if not _fits(node, source):
            values: dict[str, Value] = {"node": node, "source": source}
            yield Hit((one.source,), values)
            return


def _fits(node: str, source: str) -> bool:
    """Only what Cisco documents is judged; Finesse lower-cases user ids at some places."""
    asked, about = node.lower().rstrip("/"), source.lower().rstrip("/")
    if not asked.startswith(_API):
        return True
    kind, _, rest = asked.removeprefix(_API).partition("/")
    if kind == "team" or (kind == "user" and "/dialogs" in rest):
        return about.startswith((f"{_API}user/", f"{_API}dialog/", asked))
    if kind in {"user", "queue", "systeminfo"} and "/" not in rest:
        return about == asked
    return True


RULE = Rule(
    id="FI-009",
    severity=Severity.INFO,
    party=Party.SERVER,
    title="A notification of {node} speaks of {source}",
    cause="The node of an event and the source in its Update belong together: User/ID speaks of "
    "itself, User/ID/Dialogs of this user's dialogs, Team/ID/Users of users, Queue/ID of itself. "
    "Here they do not, so the desktop hands the update to the wrong object or ignores it. Another "
    "application that publishes to the node, or a simulator, does this; Finesse does not.",
    remedy="Look at the from of the message and, in the openfire log (file get activelog desktop "
    "recurs compress), at who published it. Keep third-party publishers off Finesse's nodes.",
    reference="Cisco DevNet, Finesse: Notification Parameters; "
    "Cisco DevNet, Finesse: User Notification; Cisco DevNet, Finesse: Team Notification",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse/api/Queue/1"}}\
</notification></item></items></event></message>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse/api/User/B"}}\
</notification></item></items></event></message>
        5.1 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='elsewhere'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"x"}}</notification></item>\
</items></event></message>
        5.2 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'>\
<items node='/finesse/api/User/a/Queues'><item id='1'>\
<notification>{"Update":{"event":"POST","source":"x"}}</notification></item></items></event>\
</message>
        """,
    ),
)
