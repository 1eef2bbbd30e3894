"""What the answer to the request for a session must say (XEP-0124 section 7.2)."""

from collections.abc import Iterator

from ...model.bosh import TurnFacts
from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..evidence import beginning
from .requests import creation, facts, number


def _check(session: Session) -> Iterator[Hit]:
    for turn in creation(session):
        problems = [*_exceeded(turn)]
        if facts(session).sid is None:
            problems.append("no sid")
        if "wait" not in turn.response:
            problems.append("no wait")
        if problems and turn.status == 200 and turn.response and turn.type is None:
            place = turn.answered or beginning(session)
            yield Hit((place,), {"problems": ", ".join(problems), "server": session.server})


def _exceeded(turn: TurnFacts) -> Iterator[str]:
    for name in ("wait", "hold"):
        asked, granted = number(turn, name), number(turn, name, answer=True)
        if asked is not None and granted is not None and granted > asked:
            yield f"{name} {granted} where {asked} was asked for"


RULE = Rule(
    id="BO-002",
    severity=Severity.ERROR,
    party=Party.SERVER,
    title="The server granted the BOSH session against the rules: {problems!t}",
    cause="{server} must answer the first request with a session id (sid) and the time it may "
    "hold a request (wait), neither wait nor hold beyond what the client asked for. Without sid "
    "the client cannot go on; with a longer wait it gives up requests that the server still holds, "
    "and messages are lost.",
    remedy="1. Look who answered: a proxy or a login page may stand in front of the service. "
    "2. Compare wait and hold with the server's settings (Openfire: xmpp.httpbind.client.requests."
    "wait, .hold). 3. Restart the notification service if the setting was changed.",
    reference="XEP-0124 §7.2",
    needs=frozenset({Needs.BOSH, Needs.START}),
    check=_check,
    fires_on=(
        """
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> <body sid='a1' wait='90' hold='2'/>
        """,
        """
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> <body from='a.test'/>
        """,
    ),
    silent_on=(
        "@bosh\n@login",
        """
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> <body type='terminate' condition='host-unknown'/>
        """,
    ),
)
