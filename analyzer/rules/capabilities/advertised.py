"""Capabilities that the two sides of a session announce (XEP-0115 section 4)."""

from collections.abc import Iterator

from ...model.session import Session
from ...model.xmpp import Caps, Features, PresenceInfo, Stanza

LOGIN = 64
"""Stanzas of a session that are looked at: capabilities are announced with the login."""


_ANNOUNCING = (Features, PresenceInfo)


def advertised(session: Session) -> Iterator[tuple[Stanza, Caps]]:
    """What announces them, in the features of the server and in presences; each once."""
    seen: set[Caps] = set()
    for stanza in (*session.negotiation, *session.presences)[:LOGIN]:
        said = stanza.payload
        if isinstance(said, _ANNOUNCING) and said.caps and said.caps not in seen:
            seen.add(said.caps)
            yield stanza, said.caps
