"""An item that was delivered more than once (XEP-0060 section 6.1.6)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.pubsub import Delivery
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import PLACES

_SAME_TIME_NS = 5_000_000_000  # copies for several subscriptions leave the server together
_EVENT = (
    "<message xmlns='jabber:client' from='pubsub.example.test'>"
    "<event xmlns='http://jabber.org/protocol/pubsub#event'>"
    "<items node='/x'><item id='1'/></items></event></message>"
)
_SUBSCRIBE = (
    "<iq xmlns='jabber:client' type='set' id='s'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
    "<subscribe node='/x'/></pubsub></iq>"
)


def _check(session: Session) -> Iterator[Hit]:
    if len({one.item for one in session.deliveries}) == len(session.deliveries):
        return
    latest: dict[tuple[str | None, str | None], Delivery] = {}
    again: list[Delivery] = []
    for one in session.deliveries:
        if one.item is None or one.retracted or one.delayed:
            continue
        earlier = latest.get((one.node, one.item))
        if earlier is not None and _is_copy(session, one, earlier):
            again.append(one)
        latest[one.node, one.item] = one
    if again:
        values: dict[str, Value] = {"node": again[0].node or "?", "count": len(again)}
        yield Hit(tuple(one.source for one in again[:PLACES]), values)


def _is_copy(session: Session, one: Delivery, earlier: Delivery) -> bool:
    """Not published anew under its old id, nor the last item that each new subscription brings."""
    begin, end = earlier.time_ns or 0, one.time_ns or 0
    asked = (each.source.time_ns or 0 for each in session.subscriptions if each.node == one.node)
    replayed = any(begin <= time <= end for time in asked)
    return one.update == earlier.update and end - begin <= _SAME_TIME_NS and not replayed


RULE = Rule(
    id="PS-012",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="{count:notification|notifications} came twice (first: {node})",
    cause="The same item came again within 5 s: the user has two subscriptions to {node}, for the "
    "bare and the full JID, or one left over. Gadgets may show two pop-ups for one call.",
    remedy="1. Log in as this user with an XMPP client that has an XML console (Pidgin) and a "
    "resource other than desktop. 2. Ask for the list with <subscriptions node='{node}'/> to the "
    "pubsub service, and cancel all but one, with its subid. 3. Have the client subscribe with the "
    "full JID only, and unsubscribe at logout.",
    reference="XEP-0060 §6.1.6, §6.2; Cisco DevNet, Finesse: Subscription Management",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(f"@login\n5.0 S> {_EVENT}\n5.1 S> {_EVENT}",),
    silent_on=(
        # Published anew under its old id; replayed, marked or not, to a new subscription.
        f"""
        @login
        5.0 S> {_EVENT}
        65.0 S> {_EVENT}
        65.1 S> {_EVENT.replace("</event>", "</event><delay xmlns='urn:xmpp:delay'/>")}
        65.2 C> {_SUBSCRIBE}
        65.3 S> {_EVENT}
        """,
    ),
)
