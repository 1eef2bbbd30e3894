"""A ver that cannot be the hash that it is said to be (XEP-0115 section 5.1)."""

import binascii
from base64 import b64decode
from collections.abc import Iterator

from ...model.disco import VER_OCTETS
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import blamed
from .advertised import advertised


def _check(session: Session) -> Iterator[Hit]:
    for stanza, caps in advertised(session):
        wanted = VER_OCTETS.get(caps.hash or "")
        octets = _decoded(caps.ver)
        if wanted is not None and octets is not None and octets != wanted:
            side = stanza.direction.sender
            values: dict[str, Value] = {
                "side": side.value,
                "hash": caps.hash or "",
                "octets": wanted,
            }
            yield Hit((stanza.source,), {**values, "ver": caps.ver or ""}, party=blamed(side))
            return


def _decoded(ver: str | None) -> int | None:
    """Octets of a ver; 0 if it is no base64, None if there is none."""
    if not ver:
        return None
    try:
        return len(b64decode(ver, validate=True))
    except (binascii.Error, ValueError):
        return 0


RULE = Rule(
    id="CA-002",
    severity=Severity.WARNING,
    title="The capabilities that came from the {side!t} hold no {hash} hash (ver {ver})",
    cause="hash='{hash}' says that ver is the base64 of {octets} octets; it is something else, "
    "often a version number, as programs of before 2007 wrote it. Who gets it cannot check what "
    "the program says of itself. Logins and events of Finesse do not depend on it.",
    remedy="Nothing for the fault at hand. If a custom client or component sent it, have it hash "
    "its features as the XEP says, or leave <c/> out.",
    reference="XEP-0115 §4, §5.1",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
hash='sha-1' node='http://a.test/' ver='0.9'/></presence>
        """,
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
hash='sha-256' node='http://a.test/' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
hash='sha-1' node='http://a.test/' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>
        5.1 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
hash='sha-1' node='http://a.test/'/></presence>
        5.2 C> <presence xmlns='jabber:client'><c xmlns='http://jabber.org/protocol/caps' \
hash='other' node='http://a.test/' ver='x'/></presence>
        """,
    ),
)
