"""An asynchronous error of the REST API (Cisco: Dialog CTI Error Notification)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    found = [
        (delivery, error)
        for delivery in session.deliveries
        if delivery.update is not None and not delivery.delayed
        for error in delivery.update.errors
    ]
    if found:
        first = found[0][1]
        values: dict[str, Value] = {
            "type": first.type or "?",
            "message": first.message or "none",
            "data": first.data or "none",
            "count": len(found),
        }
        yield Hit(tuple(delivery.source for delivery, _ in found[:PLACES]), values)


RULE = Rule(
    id="FI-021",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="Finesse reported that an operation failed: {type} ({data!t})",
    cause="The REST call was accepted with 202, then the telephony or routing side refused it, and "
    "Finesse told so by an event with apiErrors ({count} in this session; message: {message!t}, "
    "data: {data!t}). The real-time connection is fine: this is about the phone, the line, the "
    "resource or the agent's state. E.g. 34 / CF_RESOURCE_OUT_OF_SERVICE: the phone or the CTI "
    "device is out of service; Device Busy; Invalid Device; E_ARM_STAT_AGENT_ALREADY_LOGGED_IN for "
    "a media that is logged in already.",
    remedy="Look {type} and {data!t} up in the list of CTI errors of the developer guide. Check "
    "that the phone is registered in Unified CM and controlled by the application user of the PG "
    "(pguser) or of UCCX (rmcm), that the extension belongs to the agent, and the CTI and JTAPI "
    "logs of the PG or UCCX engine at this time.",
    reference="Cisco DevNet, Finesse: Dialog CTI Error Notification",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'>\
<items node='/finesse/api/User/a/Dialogs'><item id='1'><notification>{"Update":{"event":"PUT",\
"source":"/finesse/api/Dialog/1","data":{"apiErrors":{"apiError":{"errorData":"34",\
"errorMessage":"CF_RESOURCE_OUT_OF_SERVICE","errorType":"Call Operation Failure"}}}}}\
</notification></item></items></event></message>
        """,
    ),
    silent_on=("@login",),
)
