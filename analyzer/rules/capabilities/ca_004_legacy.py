"""Capabilities of the old form, without hash (XEP-0115 section 13)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import blamed
from .advertised import advertised


def _check(session: Session) -> Iterator[Hit]:
    for stanza, caps in advertised(session):
        if caps.hash is None and caps.node and caps.ver:
            side = stanza.direction.sender
            values: dict[str, Value] = {"side": side.value, "node": caps.node, "ver": caps.ver}
            yield Hit((stanza.source,), values, party=blamed(side))
            return


RULE = Rule(
    id="CA-004",
    severity=Severity.INFO,
    title="The capabilities that came from the {side!t} are of the old form ({node}, {ver})",
    cause="Before 2007 ver was the version of the program and no hash. Nothing can be checked "
    "then, and nothing needs to be; it shows an old library.",
    remedy="Nothing to do. Node and version tell which program it is.",
    reference="XEP-0115 §13",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
node='http://a.test/' ver='0.9'/></presence>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
hash='sha-1' node='http://a.test/' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>
        """,
    ),
)
