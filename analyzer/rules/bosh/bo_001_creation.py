"""What the request for a session lacks (XEP-0124 section 7.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from .requests import creation, place

_ATTRIBUTES = ("to", "wait", "hold", "ver")

_LEAST = 10_000
"""A random number below this is one in hundreds of thousands: somebody counts from 1."""


def _check(session: Session) -> Iterator[Hit]:
    for turn in creation(session):
        lacking = [name for name in _ATTRIBUTES if name not in turn.request]
        if (turn.rid or 0) < _LEAST:
            lacking.append(f"a random rid (it is {turn.rid})")
        if lacking:
            yield Hit((place(session, turn),), {"lacking": ", ".join(lacking)})


RULE = Rule(
    id="BO-001",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client's request for a BOSH session lacks {lacking!t}",
    cause="The first <body/> should say for which domain the session is (to), how long the server "
    "may hold a request (wait), how many (hold), and the version (ver); without ver a server "
    "answers errors with bare HTTP statuses. The first rid must be large and random: who can guess "
    "it, and the sid, can take over the session.",
    remedy="Correct the client library; Strophe.js and the Finesse desktop send all of it. With a "
    "home-made client, have it choose rid at random between 1,000,000 and 4,294,967,295.",
    reference="XEP-0124 §7.1, §14.1, §19.3",
    needs=frozenset({Needs.BOSH, Needs.START}),
    check=_check,
    fires_on=(
        """
        @bosh
        0.0 C> <body rid='1' to='a.test' ver='1.6' wait='60' hold='1'/>
        """,
        """
        @bosh
        0.0 C> <body rid='157374182' to='a.test' hold='1'/>
        """,
    ),
    silent_on=("@bosh\n@login", "@login"),
)
