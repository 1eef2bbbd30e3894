"""A BOSH request held for longer than agreed (XEP-0124 section 8)."""

from collections.abc import Iterator

from ...model.bosh import TurnFacts
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import GIVEN_UP
from ..progress import seconds
from .requests import SECOND_NS, facts, place, turns

_ANY_S = 1 << 30


def _check(session: Session) -> Iterator[Hit]:
    wait_s = facts(session).wait_s or _ANY_S
    found = [(turn, _held(turn, session)) for turn in turns(session)]
    long = [(turn, held) for turn, held in found if held > (wait_s + 5) * SECOND_NS]
    for turn, held in long[-1:] if not session.gaps else ():
        never = turn.answered_ns is None
        values: dict[str, Value] = {
            "held_s": seconds(held),
            "wait_s": wait_s,
            "outcome": "was never answered" if never else "was answered late",
            "count": len(long),
        }
        last = turn is turns(session)[-1]
        effect = Effect.BREAKS if never and last else Effect.DEGRADES
        yield Hit((place(session, turn),), values, effect=effect)


def _held(turn: TurnFacts, session: Session) -> int:
    until = turn.answered_ns or session.close.time_ns or 0
    return 0 if turn.error is not None else until - (turn.asked_ns or until)


RULE = Rule(
    id="BO-008",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    title="A BOSH request {outcome!t}: {held_s} s, the server promised {wait_s} s",
    cause="The server must answer a request after {wait_s} s (wait) at the latest, with an empty "
    "<body/> if there is nothing to say. {count} of them took longer: the server hangs, or a "
    "proxy or firewall on the way dropped the waiting connection without a word to either side. "
    "Until the client gives up, no event reaches the desktop.",
    remedy="1. Captured on the client: are the request's octets acknowledged by TCP? Yes: the "
    "server or the proxy in front of it hangs. No: the connection was dropped on the way. "
    "2. Let proxies and firewalls keep connections for longer than wait ({wait_s} s), or lower "
    "wait on the client below their timeout. 3. On the server: utils service list; restart Cisco "
    "Finesse Notification Service if it hangs.",
    reference="XEP-0124 §7.2, §8",
    needs=frozenset({Needs.BOSH, Needs.TIMES}),
    explains=(*GIVEN_UP, "BO-003", "BO-010"),
    check=_check,
    fires_on=(
        """
        @bosh wait=20
        @login
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm'/>
        5.1 S> <body/>
        35.0 S> <body/>
        """,
        """
        @bosh wait=20
        @login
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm'/>
        5.1 S> <body/>
        @until 60
        """,
    ),
    silent_on=("@bosh\n@login\n@until 300", "@login"),
)
