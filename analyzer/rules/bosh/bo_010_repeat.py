"""A recoverable error that the client did not recover from (XEP-0124 section 17.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import beginning
from .requests import turns


def _check(session: Session) -> Iterator[Hit]:
    asked = turns(session)
    again = {turn.rid: index for index, turn in enumerate(asked)}
    for index, turn in enumerate(asked):
        if turn.type == "error" and again[turn.rid] == index:
            last = index == len(asked) - 1
            place = turn.answered or beginning(session)
            values: dict[str, Value] = {"rid": turn.rid or 0, "server": session.server}
            yield Hit((place,), values, effect=Effect.BREAKS if last else None)
            return


RULE = Rule(
    id="BO-010",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="The client did not repeat BOSH request {rid}, which the server asked for",
    cause="With type='error' {server} says that requests were lost on the way to it, and that the "
    "session goes on if the client sends them again unchanged. It did not: what was in them (a "
    "subscription, a ping) is lost.",
    remedy="1. Look for the loss in front of it: a reset, a proxy's error. 2. Update the client "
    "library (Strophe.js does not know this condition). 3. Reload the desktop: it starts a new "
    "session.",
    reference="XEP-0124 §17.3",
    needs=frozenset({Needs.BOSH}),
    explains=("IQ-002", "PG-001", "FI-005"),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        5.0 C> <body rid='1573741840' sid='7y7xa2nfsm'/>
        5.1 S> <body/>
        5.2 S> <body type='error'/>
        """,
    ),
    silent_on=(
        "@bosh\n@login",
        """
        @bosh
        @login
        5.0 C> <body rid='1573741840' sid='7y7xa2nfsm'/>
        5.1 S> <body/>
        5.2 S> <body type='error'/>
        5.3 C> <body rid='1573741840' sid='7y7xa2nfsm'/>
        5.4 S> <body/>
        """,
    ),
)
