"""Whether a session may stand in one of the recordings that have been read: a quick look."""

from collections.abc import Iterable

from ..model.session import SeenIn, Session
from .signs import SIGNS, Key, accepts, streams


class Related:
    """
    What is known of the sessions of all recordings but the last.

    The last one may hold thousands; those that have nothing in common with these need not wait.
    """

    def __init__(self, sessions: Iterable[Session]) -> None:
        self._signs: set[Key] = set()
        self._said: set[bytes] = set()
        self._said_late: set[bytes] = set()
        self._hars: set[int] = set()
        self._packets: set[int] = set()
        for session in sessions:
            self._signs.update(_signs(session))
            said = {stanza.octets for stanza in session.stanzas if stanza.octets}
            self._said |= said
            if not _has_stream(session):
                self._said_late |= said
            if session.connection is not None:
                ports = self._hars if session.seen_in is SeenIn.HAR else self._packets
                ports.add(session.connection.server.port)

    def may_hold(self, session: Session) -> bool:
        """Whether the session may be one of those."""
        if not self._signs.isdisjoint(_signs(session)):
            return True
        said = self._said_late if _has_stream(session) else self._said
        if any(stanza.octets in said for stanza in session.stanzas if stanza.octets):
            return True
        har = session.seen_in is SeenIn.HAR
        known = _has_stream(session) or any(True for _ in accepts(session))
        if session.connection is None or (known and not har):
            return False
        # What cannot be read, only time and place tell of.
        ports = self._packets if har else self._hars
        return session.connection.server.port in ports


def _signs(session: Session) -> set[Key]:
    return {(by, *key) for by, keys_of in SIGNS for key in keys_of(session)}


def _has_stream(session: Session) -> bool:
    return any(True for _ in streams(session))
