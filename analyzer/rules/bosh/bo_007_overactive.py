"""More BOSH requests at once, or sooner, than the server allows (XEP-0124 sections 11 and 12)."""

from collections.abc import Iterator
from itertools import chain, islice

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .requests import effect_of, place, too_many, too_soon


def _check(session: Session) -> Iterator[Hit]:
    found = () if session.gaps else chain(too_many(session), too_soon(session))
    for turn, problem in islice(found, 1):
        effect = effect_of(session, frozenset({"policy-violation"}))
        yield Hit((place(session, turn),), {"problem": problem}, effect=effect)


RULE = Rule(
    id="BO-007",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client asks more often than the BOSH session allows: {problem!t}",
    cause="The server told at the beginning how many requests may be open at once, and how far "
    "apart empty ones must be. It may end a session that breaks this with policy-violation (old "
    "servers: HTTP 403). Usual: two tabs or gadgets that share one session, a proxy that repeats "
    "requests, or a library that asks again without waiting for the answer.",
    remedy="1. One desktop per browser. 2. Forbid the proxy to repeat POST. 3. Update the client "
    "library; on Openfire, xmpp.httpbind.client.requests.max and .polling are the limits.",
    reference="XEP-0124 §11, §12",
    needs=frozenset({Needs.BOSH, Needs.TIMES}),
    explains=("BO-017", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm'/>
        5.1 C> <body rid='1573741831' sid='7y7xa2nfsm'/>
        9.0 S> <body/>
        9.1 S> <body/>
        9.2 S> <body/>
        """,
        """
        @bosh wait=0 polling=5
        @login
        5.0 C> <body rid='1573741840' sid='7y7xa2nfsm'/>
        5.1 S> <body/>
        6.0 C> <body rid='1573741841' sid='7y7xa2nfsm'/>
        6.1 S> <body type='terminate' condition='policy-violation'/>
        """,
    ),
    silent_on=("@bosh\n@login\n@until 300", "@login"),
)
