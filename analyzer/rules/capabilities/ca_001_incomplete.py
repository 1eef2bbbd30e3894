"""Capabilities without node or ver (XEP-0115 section 4)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import blamed
from .advertised import advertised


def _check(session: Session) -> Iterator[Hit]:
    for stanza, caps in advertised(session):
        lacking = [name for name, value in (("node", caps.node), ("ver", caps.ver)) if not value]
        if lacking:
            side = stanza.direction.sender
            values: dict[str, Value] = {"side": side.value, "lacking": ", ".join(lacking)}
            yield Hit((stanza.source,), values, party=blamed(side))
            return


RULE = Rule(
    id="CA-001",
    severity=Severity.WARNING,
    title="The capabilities that came from the {side!t} lack {lacking}",
    cause="With <c/> in a presence, or in the features of the stream, a program says what it can "
    "do: node names the program, ver is a hash of its features. Without both nobody can look them "
    "up. Logins and events of Finesse do not depend on it; a client that decides by capabilities "
    "treats this one as able to do nothing.",
    remedy="Nothing for the fault at hand. If a custom client or component sent it, have it write "
    "hash, node and ver, or leave <c/> out.",
    reference="XEP-0115 §4",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
hash='sha-1' node='http://a.test/'/></presence>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
node='http://a.test/' ver='0.9'/></presence>
        """,
    ),
)
