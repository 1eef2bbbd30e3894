"""A stanza that has other content at one side than at the other."""

from collections.abc import Iterator
from itertools import islice

from ...model.diagnosis import Party
from ...model.joined import Disagreement
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .sides import places, told, words


def _check(session: Session) -> Iterator[Hit]:
    for one in islice(told(session, Disagreement.CHANGED), 1):
        yield Hit(places(one), words(one))


RULE = Rule(
    id="JO-004",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.PROXY,
    title="What the {sender!t} sent reached the {receiver!t} with other content ({unit!t}: "
    "{amount})",
    cause="Both ends were captured at the same time; the same stanza has another text in each. "
    "Something in between rewrites it: a proxy with content rules, TLS inspection, an application "
    "firewall that strips what it does not know.",
    remedy="Compare both places of the evidence, and look for what does that between them; "
    "rewriting of names and paths (nginx sub_filter, F5 stream profile) must leave the XMPP "
    "traffic alone.",
    reference="RFC 6120 §13.4",
    needs=frozenset({Needs.PACKETS, Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        20.0 C> <message xmlns='jabber:client' id='m1'><body>one</body></message>
        40.0 C> [fin]
        @also
        @login
        20.0 C> <message xmlns='jabber:client' id='m1'><body>two</body></message>
        40.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@login\n40.0 C> [fin]\n@also\n@login\n40.0 C> [fin]"),
)
