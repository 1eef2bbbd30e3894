"""What the agents that were lost share, and those that stayed do not (Cisco TAC 211376)."""

from collections.abc import Callable, Iterator

from ...model.http import field, host_of
from ...model.rule import Confidence, Hit, Rule, Severity, Value
from ...model.session import Cohort, Session
from ..evidence import ending
from ..returns import names
from .crowds import MANY, agents_of, lost

_STAYED = 2  # one that stayed may differ in anything


def _check(cohort: Cohort) -> Iterator[Hit]:
    known = names(cohort.histories)
    fallen = agents_of(lost(cohort.sessions), known)
    if len(fallen) < MANY:
        return
    stayed = [s for agent, s in agents_of(cohort.sessions, known).items() if agent not in fallen]
    for what, value_of in _FACTS:
        values = {value_of(one) for one in fallen.values()}
        others = [value_of(one) for one in stayed]
        shared = values.pop()
        if values or not shared or None in others or shared in others or len(others) < _STAYED:
            continue
        told: dict[str, Value] = {"count": len(fallen), "others": len(others)}
        yield Hit(
            tuple(ending(one) for one in fallen.values()),
            {**told, "what": what, "shared": shared},
            sessions=tuple(one.number for one in fallen.values()),
        )


def _node(session: Session) -> str | None:
    return host_of(session.url or "") or session.server or None


def _proxy(session: Session) -> str | None:
    response = session.upgrade.exchange.response if session.upgrade is not None else None
    headers = () if response is None else response.headers
    return field(headers, "Via") or field(headers, "Server")


_FACTS: tuple[tuple[str, Callable[[Session], str | None]], ...] = (
    ("node", _node),
    ("User-Agent", lambda session: session.user_agent),
    ("Via or Server header", _proxy),
)

RULE = Rule(
    id="CO-045",
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    title="Only agents with the same {what!t} were lost: {shared}",
    cause="All {count} agents that were lost have it, and none of the {others} that stayed does. "
    "That may be chance in so few recordings, but it is the first place to look: a node, a build "
    "of the browser, or what stands in front of the node.",
    remedy="1. Let one of these agents work with the other one's {what!t}. 2. Does the fault "
    "follow the {what!t} or the agent? 3. Bring more recordings of both kinds.",
    reference="Cisco TAC document 211376",
    check=_check,
    fires_on=(
        """
        @url wss://a.example.test:8445/ws/\n@login user=a\n9.0 S> [fin]
        @connection 20\n@url wss://a.example.test:8445/ws/\n@login user=b\n29.1 S> [rst]
        @connection 50\n@url wss://a.example.test:8445/ws/\n@login user=c\n59.2 S> [fin]
        @connection 60\n@url wss://b.example.test:8445/ws/\n@login user=d
        @connection 70\n@url wss://b.example.test:8445/ws/\n@login user=e
        """,
    ),
    silent_on=(
        "@login",
        """
        @login user=a\n9.0 S> [fin]
        @connection 20\n@login user=b\n29.1 S> [rst]
        @connection 50\n@login user=c\n59.2 S> [fin]
        """,
    ),
)
