"""A notification that a desktop cannot read (Finesse notification payload)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.pubsub import Delivery
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    bad = [one for one in session.deliveries if _flaw(one) is not None]
    if bad:
        values: dict[str, Value] = {
            "node": bad[0].node or "?",
            "flaw": _flaw(bad[0]) or "",
            "count": len(bad),
        }
        yield Hit(tuple(one.source for one in bad[:PLACES]), values)


def _flaw(delivery: Delivery) -> str | None:
    """What is wrong with a notification, in a word; None if nothing is."""
    if delivery.problem is not None:
        return delivery.problem
    if delivery.update is None:
        return None
    if delivery.update.event is None:
        return "no event"
    return "no source" if delivery.update.source is None else None


RULE = Rule(
    id="FI-008",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="Notifications that cannot be read: {count}, the first of {node} ({flaw!t})",
    cause="The text inside <notification/> must be an Update, in XML or JSON, with event and "
    "source. Here it is not: {flaw!t}. The desktop throws such a notification away, so the state, "
    "call or call variable in it never shows. Mostly text from outside is to blame: control "
    "characters or markup in a call variable, a wrap-up reason or a name; else the message was cut "
    "on the way, or another application publishes to the node.",
    remedy="1. Open the first message named here and look where the text breaks off. 2. Clean the "
    "source of that text (routing script, ECC variable, CRM). 3. If the text is whole and only "
    "event or source lack, find who published it: the from of the message, and the openfire log "
    "(file get activelog desktop recurs compress).",
    reference="Cisco DevNet, Finesse: Notification Parameters; XEP-0060 §7.1.2",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<item id='1'><notification>&lt;Update&gt;&lt;data&gt;</notification></item>\
</items></event></message>
        """,
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<item id='1'><notification>{"Update":{"data":{}}}</notification></item>\
<item id='2'><notification>{"Update":{"event":"PUT"}}</notification></item>\
</items></event></message>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<retract id='1'/></items></event></message>
        """,
    ),
)
