"""Request ids that do not go up by one (XEP-0124 section 14.1)."""

from collections.abc import Iterator
from itertools import pairwise

from ...model.diagnosis import Party
from ...model.rule import Confidence, Hit, Rule, Severity
from ...model.session import Needs, Session
from .requests import facts, place, turns

_LARGEST = (1 << 53) - 1


def _check(session: Session) -> Iterator[Hit]:
    asked = turns(session)
    wrong = next((t for t in asked if t.rid is not None and t.rid > _LARGEST), None)
    if wrong is not None:
        yield Hit((place(session, wrong),), {"problem": "beyond 9007199254740991"})
        return
    if session.gaps or facts(session).latest:
        return  # what is left out may have been there
    first = {turn.rid: turn for turn in reversed(asked) if turn.rid is not None}
    for before, after in pairwise(sorted(first)):
        if after - before > 1:
            problem = f"{after - before - 1} left out behind {before}"
            yield Hit((place(session, first[after]),), {"problem": problem})
            return


RULE = Rule(
    id="BO-003",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    party=Party.CLIENT,
    title="The request ids of the BOSH session do not go up by one: {problem!t}",
    cause="Every request must carry the rid of the one before plus one. The server handles them in "
    "that order: it waits for the one left out, and ends the session with item-not-found once it "
    "is too far ahead. Two tabs that share one session do this, or a library that counts a "
    "request it never sent. If only some of the client's connections were recorded, the missing "
    "one may just not be in this recording.",
    remedy="1. See whether the missing request went over a connection that was not recorded. "
    "2. If not: one desktop per browser, no second tab with the same session. 3. Update the client "
    "library (Strophe.js).",
    reference="XEP-0124 §14.1, §14.2",
    needs=frozenset({Needs.BOSH}),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        5.0 C> <body rid='1573749999' sid='7y7xa2nfsm'/>
        """,
        """
        @bosh
        0.0 C> <body rid='9007199254740993' to='a.test'/>
        """,
    ),
    silent_on=(
        "@bosh\n@login\n@until 300",
        "@login",
        """
        @har
        @bosh
        0.0 C> <body rid='157374182' sid='a1'/>
        0.1 S> [status 200]
        5.0 C> <body rid='157374189' sid='a1'/>
        """,
    ),
)
