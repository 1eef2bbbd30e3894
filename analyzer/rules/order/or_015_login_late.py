"""Steps of the login that were answered late (RFC 6120 sections 4 to 7)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName, StepStatus
from ..evidence import of_step
from ..progress import seconds

_STEPS = frozenset(
    {StepName.OPEN, StepName.AUTH, StepName.BIND, StepName.SESSION, StepName.PRESENCE}
)


def _check(session: Session) -> Iterator[Hit]:
    late = [s for s in session.steps if s.name in _STEPS and s.status is StepStatus.LATE]
    if late:
        slowest = max(late, key=lambda step: step.latency_ns or 0)
        rest = tuple(of_step(session, step) for step in late if step is not slowest)
        values: dict[str, Value] = {
            "step": slowest.name.value,
            "took_s": seconds(slowest.latency_ns),
            "limit_s": seconds(session.profile.late_ms.get(slowest.name.value, 0) * 1_000_000),
            "count": len(late),
        }
        yield Hit((of_step(session, slowest), *rest), values)


RULE = Rule(
    id="OR-015",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="The login was slow: {step} took {took_s} s",
    cause="{count:step of the login was|steps of the login were} answered late; the slowest, "
    "{step}, took {took_s} s where less than {limit_s} s is usual. The agent waits at a desktop "
    "that loads. Late in every step: the line or a proxy is slow, or the node as a whole. Late in "
    "one: auth waits for whoever checks the password (AWDB, UCCX database, IdS), bind and session "
    "for Openfire, presence for Finesse Tomcat.",
    remedy="1. Compare with the TCP connect time and with REST calls at the same time: if those "
    "are slow too, look at the network (VPN, proxy, Wi-Fi) first. 2. If not, on the node: show "
    "process load, RTMT for CPU and memory, utils diagnose test, and utils service list for a "
    "service that has just been restarted. 3. For late auth check the AWDB or IdS.",
    reference="RFC 6120 §4.2, §6.4, §7.6",
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES}),
    explains=("IQ-007",),
    check=_check,
    fires_on=(
        """
        @login until=open
        1.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        10.5 S> <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
        """,
    ),
    silent_on=("@login",),
)
