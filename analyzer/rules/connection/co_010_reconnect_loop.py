"""Login after login without a pause (RFC 6455 section 7.2.3)."""

from collections.abc import Iterator, Sequence

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Cohort, Session
from ...model.source import Side
from ..consequences import ENDINGS
from ..evidence import beginning
from ..progress import seconds
from ..returns import names
from .loops import LOOP, loops


def _check(cohort: Cohort) -> Iterator[Hit]:
    known = names(cohort.histories)
    for loop in loops(cohort.sessions, known):
        named = (session.agent or known.get(session.number) for session in loop)
        agent = next((name for name in named if name), "A client")
        yield Hit(
            tuple(beginning(session) for session in loop),
            {"count": len(loop), "agent": agent, "span_s": _span(loop), "by": _by(loop)},
            effect=Effect.DEGRADES if loop[-1].close.orderly else None,
            sessions=tuple(session.number for session in loop),
            party=Party.CLIENT if all(s.close.by is Side.CLIENT for s in loop) else None,
        )


def _by(loop: Sequence[Session]) -> str:
    """Who ended them; a HAR does not tell."""
    sides = {session.close.by for session in loop}
    (side,) = sides if len(sides) == 1 else (None,)
    return "one side" if side is None else f"the {side.value}"


def _span(loop: Sequence[Session]) -> float:
    return seconds((loop[-1].started_ns or 0) - (loop[0].started_ns or 0))


RULE = Rule(
    id="CO-010",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{agent!t} connected {count} times within {span_s} s, ended by {by!t} each time",
    cause="Each session ended soon after it had begun, without a good-bye, and the next one came "
    "at once: no pause that grows. Where nothing else explains why they end, the client itself "
    "ends them: a desktop that fails over to and fro between two nodes, a gadget or custom client "
    "that takes its own connection for dead, a page that reloads itself. Every attempt loads the "
    "Notification Service with a whole login; many agents at once keep it from recovering.",
    remedy="1. Ended by the client: get its log of that second (Send Error Report, then "
    "desktop/logs/clientlogs on the node; lines EventTunnel._onDisconnect), and look for gadgets "
    "or pages that reload. 2. Ended by the server, or by one side that a HAR does not name: find "
    "why the first session ended, the others follow. 3. Do the attempts alternate between the "
    "nodes? Then compare SystemInfo of both: status must be IN_SERVICE on one for good. 4. "
    "Correct a custom client: random 0 to 5 s before the first reconnect, longer after each "
    "failure.",
    reference="RFC 6455 §7.2.3; Cisco Finesse Administration Guide, Failover Mechanisms",
    explains=tuple(rule_id for rule_id in (*ENDINGS, *LOOP) if rule_id != "CO-010"),
    check=_check,
    fires_on=(
        """
        @login
        1.5 C> [close]
        1.6 C> [fin]
        @connection 2
        @login
        3.5 C> [close]
        3.6 C> [fin]
        @connection 4
        @login
        5.5 C> [close]
        5.6 C> [fin]
        """,
    ),
    silent_on=("@login", "@login\n3.0 C> [fin]\n@connection 4\n@login"),
)
