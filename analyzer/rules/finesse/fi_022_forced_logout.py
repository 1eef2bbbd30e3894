"""An agent that Finesse itself logged out or made not ready (reason code 255 or 32765)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session

_REASONS = frozenset({"255", "32765"})
"""UCCE and PCCE; UCCX (AGT_CONN_DOWN)."""

_STATES = frozenset({"LOGOUT", "NOT_READY"})


def _check(session: Session) -> Iterator[Hit]:
    for one in session.deliveries:
        update = one.update
        if update is None or update.reason_code not in _REASONS:
            continue
        if (update.state or "").upper() in _STATES:
            values: dict[str, Value] = {
                "user": update.user or one.node or "?",
                "state": (update.state or "").upper(),
                "reason": update.reason_code or "?",
            }
            yield Hit((one.source,), values)
            return


RULE = Rule(
    id="FI-022",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="Finesse set {user} to {state} with reason {reason}: connection lost",
    cause="{reason} is no agent's choice (255 on UCCE and PCCE; 32765, AGT_CONN_DOWN, on UCCX): "
    "Finesse did not see the user's presence for 60 s (a crash it notices after up to 120 s, so up "
    "to 180 s in all) and took the user out. The cause lies one to three minutes before this "
    "event.",
    remedy="1. Go back 60 to 180 s from this event and see how the connection of {user} ended: "
    "pings that stop, a lost socket, a closed page. 2. If {user} is another agent seen by a "
    "supervisor, get that agent's recording. Throttled tabs, sleeping PCs and VPN changes are the "
    "usual reasons.",
    reference="Cisco DevNet, Finesse: Desktop Presence and Forced Logout; "
    "Cisco DevNet, Contact Center Express: Reason Codes for Agent State Change",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse/api/User/a",\
"data":{"user":{"state":"LOGOUT","reasonCodeId":"255"}}}}</notification></item></items></event>\
</message>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse/api/User/a",\
"data":{"user":{"state":"READY","reasonCodeId":"255"}}}}</notification></item></items></event>\
</message>
        5.1 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<retract id='1'/></items></event></message>
        """,
    ),
)
