"""Several agents lost, each at another time: the client side (Cisco TAC document 211376)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Hit, Rule, Severity
from ...model.session import Cohort, Session
from ..evidence import ending
from ..progress import seconds
from ..returns import names
from .crowds import MANY, agents_of, clusters, lost

_TOGETHER_NS = 5_000_000_000
"""Two that fall within this time may have fallen for one reason."""


def _check(cohort: Cohort) -> Iterator[Hit]:
    fallen = [one for one in lost(cohort.sessions) if one.close.time_ns is not None]
    agents = agents_of(fallen, names(cohort.histories))
    if len(agents) < MANY or next(clusters(fallen, _end, 0, _TOGETHER_NS), None) is not None:
        return
    ends = sorted(_end(one) for one in fallen)
    yield Hit(
        tuple(ending(one) for one in agents.values()),
        {"count": len(agents), "span_s": seconds(ends[-1] - ends[0])},
        sessions=tuple(one.number for one in fallen),
    )


def _end(session: Session) -> int:
    return session.close.time_ns or 0


RULE = Rule(
    id="CO-044",
    severity=Severity.INFO,
    confidence=Confidence.MEDIUM,
    party=Party.CLIENT,
    title="{count} agents lost their sessions one by one, over {span_s} s",
    cause="Trouble of the server hits all agents in the same second. These fell each at another "
    "time, so it is what each has for itself: Wi-Fi, VPN, sleep and browser of the PC, or its "
    "site's way to the node.",
    remedy="1. Take one of them and treat its own cause first. 2. What do they share that the "
    "others do not have: site, VPN gateway, access point, browser build, PC image? 3. Bring "
    "recordings of agents that stayed: what they have in common with these is not the cause.",
    reference="Cisco TAC document 211376",
    check=_check,
    fires_on=(
        """
        @login user=a
        9.0 S> [fin]
        @connection 20
        @login user=b
        29.1 S> [rst]
        @connection 50
        @login user=c
        59.2 S> [fin]
        """,
    ),
    silent_on=(
        "@login",
        "@login user=a\n9 S> [fin]\n@connection 20\n@login user=b\n29 S> [rst]",
        """
        @login user=a\n9.0 S> [fin]
        @connection 1\n@login user=b\n9.1 S> [rst]
        @connection 2\n@login user=c\n9.2 S> [fin]
        """,
    ),
)
