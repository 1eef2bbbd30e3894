"""An item that was delivered more than once (XEP-0060 section 12.9)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Delivery, Needs, Session
from ..violations import PLACES

_SAME_TIME_NS = 5_000_000_000
"""Copies for several subscriptions leave the server together."""


def _check(session: Session) -> Iterator[Hit]:
    first: dict[tuple[str | None, str], Delivery] = {}
    again: list[Delivery] = []
    for one in session.deliveries:
        if one.item is None or one.retracted or one.delayed:
            continue
        earlier = first.setdefault((one.node, one.item), one)
        if earlier is not one and _is_copy(one, earlier):
            again.append(one)
    if again:
        values: dict[str, Value] = {"node": again[0].node or "?", "count": len(again)}
        yield Hit(tuple(one.source for one in again[:PLACES]), values)


def _is_copy(one: Delivery, earlier: Delivery) -> bool:
    """Whether it is the same notification: an item may be published anew under its old id."""
    if one.update != earlier.update or one.time_ns is None or earlier.time_ns is None:
        return False
    return one.source != earlier.source and one.time_ns - earlier.time_ns <= _SAME_TIME_NS


RULE = Rule(
    id="PS-012",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="{count} notifications came twice (first: {node})",
    cause="The same item came again within 5 s: the user has two subscriptions to {node}, one for "
    "the bare JID and one for the full JID, or one left over from an earlier session. The Finesse "
    "desktop gets over it; gadgets and custom clients may show two pop-ups for one call, or count "
    "calls twice.",
    remedy="Ask for the list with <subscriptions node='{node}'/> and cancel all but one, with its "
    "subid. Have the client subscribe with the full JID only, and unsubscribe at logout.",
    reference="XEP-0060 §12.9, §6.2; Cisco DevNet: Finesse, Subscription Management",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event></message>
        5.1 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event></message>
        """,
    ),
    silent_on=(
        "@login",
        # Published anew under its old id, or replayed.
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event></message>
        65.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event></message>
        """,
    ),
)
