"""Cut at the same age each time: a limit on the lifetime of connections."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort
from ..evidence import ending
from ..progress import seconds
from .crowds import age, clusters, lost


def _check(cohort: Cohort) -> Iterator[Hit]:
    for group in clusters(lost(cohort.sessions), age, 0.02, 2_000_000_000):
        begun = {session.started_ns for session in group}
        if len(begun) == len(group):
            values: dict[str, Value] = {"count": len(group), "age_s": seconds(age(group[0]))}
            numbers = tuple(session.number for session in group)
            yield Hit(tuple(ending(session) for session in group), values, sessions=numbers)


RULE = Rule(
    id="CO-011",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{count} sessions were cut at the same age, {age_s} s after they began",
    cause="They were not silent, so no idle timeout did it: something on the way allows a "
    "connection only so long. Firewalls, load balancers and zero-trust gateways (ZTNA) have such a "
    "session limit, and so do proxies that recycle their workers, and access tokens that end a "
    "VPN.",
    remedy="Ask for the session or connection lifetime of every device between agent and node, and "
    "raise it above a shift, or exempt /ws/ on its port. The age found here is the value to look "
    "for, often a round number of minutes or hours.",
    reference="RFC 6455 §7.2.1",
    explains=("CO-004", "CO-005", "WS-022", "PR-003", "FI-016"),
    check=_check,
    fires_on=(
        """
        @login
        65.0 S> <message xmlns='jabber:client'/>
        90.0 S> [fin]
        @connection 100
        @login
        165.0 S> <message xmlns='jabber:client'/>
        190.3 S> [fin]
        @connection 200
        @login
        265.0 S> <message xmlns='jabber:client'/>
        290.1 S> [fin]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login user=a
        65.0 S> <message xmlns='jabber:client'/>
        90.0 S> [fin]
        @connection 0
        @login user=b
        65.0 S> <message xmlns='jabber:client'/>
        90.0 S> [fin]
        @connection 0
        @login user=c
        65.0 S> <message xmlns='jabber:client'/>
        90.0 S> [fin]
        """,
        """
        @login
        90.0 S> [fin]
        @connection 100
        @login
        190.3 S> [fin]
        @connection 200
        @login
        290.1 S> [fin]
        """,
    ),
)
