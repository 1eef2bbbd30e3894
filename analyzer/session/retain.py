"""What is kept of a session once the rules have seen it, so that memory stays bounded."""

from collections.abc import Iterable

from msgspec.structs import replace

from ..model.bosh import BoshFacts
from ..model.flow import Connection
from ..model.limits import (
    LONG_SESSION,
    PACKED_STANZAS,
    RETAINED_STANZA_OCTETS,
    RETAINED_TURNS,
)
from ..model.packed import pack
from ..model.rule import Effect, Finding
from ..model.session import Session


class Retention:
    """
    Shares out the room for stanzas among the sessions that have ended.

    Sessions that went well may take half of it, so that the others, which the reader wants to see,
    find room even late in a capture of thousands.
    """

    def __init__(self, room: int = RETAINED_STANZA_OCTETS) -> None:
        self._room = room
        self._used = 0
        self._packed = 0
        self._turns = 0

    def retain(self, session: Session, findings: Iterable[Finding]) -> Session:
        """
        The session as the report shows it.

        Beyond the room a long session is packed; of a session that went wrong the handshake, the
        login and the stanzas that findings cite stay, of others none of these, and what only rules
        read goes; `stanza_count` still tells how many there were.
        """
        wrong = any(finding.effect is not Effect.NONE for finding in findings)
        bosh = None if session.bosh is None else self._bosh(session.bosh)
        limit = self._room if wrong else self._room // 2
        size = weight_of(session)
        connection = None if session.connection is None else _bare(session.connection)
        if self._used + size <= limit:
            self._used += size
            return replace(session, negotiation=(), presences=(), bosh=bosh, connection=connection)
        packed = self._pack(session, wrong=wrong)
        wrong = wrong or bool(packed)
        cited = {source for finding in findings for source in finding.evidence if wrong}
        if wrong:
            cited |= {s for step in session.steps for s in (step.asked, step.answered) if s}
        return replace(
            session,
            stanzas=tuple(stanza for stanza in session.stanzas if stanza.source in cited),
            packed=packed,
            upgrade=session.upgrade if wrong else None,
            control_frames=session.control_frames if wrong else (),
            keepalives=session.keepalives if wrong else (),
            bosh=bosh,
            connection=connection,
            negotiation=(),
            presences=(),
            misplaced=(),
            iqs=(),
            unmatched=(),
            pings=(),
            subscriptions=(),
            deliveries=(),
            peer_presence=None,
            peer_gone=None,
            exchanges=(),
            rest_trips=(),
        )

    def _bosh(self, bosh: BoshFacts) -> BoshFacts:
        """As many of its turns as there is room for; what a report tells of them is counted."""
        turns = bosh.turns[: RETAINED_TURNS - self._turns]
        self._turns += len(turns)
        return replace(bosh, turns=turns, latest=())

    def _pack(self, session: Session, *, wrong: bool) -> tuple[bytes, ...]:
        """The stanzas of a long session; where there is no room for all, both its ends."""
        count = len(session.stanzas)
        room = (2 * PACKED_STANZAS if wrong else PACKED_STANZAS) - self._packed
        if min(count, room) < LONG_SESSION:
            return ()
        self._packed += min(count, room)
        half = room // 2
        stanzas = session.stanzas
        return pack(stanzas if count <= room else stanzas[:half] + stanzas[-half:])


def weight_of(session: Session) -> int:
    """Octets of memory that the stanzas of a session take, about."""
    return sum(ROW_OCTETS + len(stanza.octets) for stanza in session.stanzas)


def _bare(connection: Connection) -> Connection:
    """The connection without the times of silence, which tell pauses of a session."""
    ways = (connection.to_server, connection.to_client)
    if not any(way is not None and way.silences for way in ways):
        return connection
    sent, got = (None if way is None else replace(way, silences=()) for way in ways)
    return replace(connection, to_server=sent, to_client=got)


ROW_OCTETS = 1000
"""What a stanza takes besides its text: typed payload, source, request pairs (measured)."""
