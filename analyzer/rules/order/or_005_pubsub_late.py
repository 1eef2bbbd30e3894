"""A subscribe that was answered late (XEP-0060 section 6.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ..progress import seconds
from ..violations import PLACES

_DEFAULT_MS = 5_000


def _check(session: Session) -> Iterator[Hit]:
    limit_ms = session.profile.late_ms.get(StepName.PUBSUB.value, _DEFAULT_MS)
    late = [
        subscription
        for subscription in session.subscriptions
        if not subscription.unsubscribe
        and subscription.latency_ns is not None
        and subscription.latency_ns > limit_ms * 1_000_000
    ]
    if late:
        slowest = max(late, key=lambda subscription: subscription.latency_ns or 0)
        yield Hit(
            (slowest.source, *[one.source for one in late if one is not slowest][: PLACES - 1]),
            {
                "node": slowest.node or "?",
                "took_s": seconds(slowest.latency_ns),
                "limit_s": seconds(limit_ms * 1_000_000),
                "count": len(late),
            },
        )


RULE = Rule(
    id="OR-005",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="Subscribing to {node} took {took_s} s",
    cause="{count:subscribe request was|subscribe requests were} answered later than {limit_s} s. "
    "What is published before the answer does not reach the client, so the agent sees old states "
    "until the next change and a supervisor's team list fills late. If open, auth and bind of this "
    "login were quick, the line is not at fault: the pubsub service in Openfire is slow (its "
    "database, many subscriptions left on the node, CPU or memory short, a virtual machine that "
    "stalls).",
    remedy="1. On the Finesse node look at the load at that time: show process load, show status, "
    "and RTMT for CPU, memory and disk; for virtual machines the host's CPU ready time and "
    "snapshots. 2. Get the openfire logs (file get activelog desktop recurs compress) and look for "
    "the node {node}. 3. If all agents see it and the load is normal, restart in a quiet hour in "
    "this order: stop Cisco Finesse Tomcat, stop Cisco Finesse Notification Service, start it, "
    "start Tomcat.",
    reference="XEP-0060 §6.1; Cisco Finesse Administration Guide, Perform Routine Maintenance",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    explains=("IQ-007", "OR-015"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        13.0 S> <iq xmlns='jabber:client' type='result' id='s1' from='pubsub.example.test'/>
        """,
    ),
    silent_on=("@login",),
)
