"""What to bring next time, where the recordings at hand cannot tell."""

from collections.abc import Iterator, Sequence

from ..model.diagnosis import Bring, Party
from ..model.flow import GapReason
from ..model.recording import Recording
from ..model.report import Outcome
from ..model.rule import Confidence, Effect, Finding
from ..model.session import CloseKind, Needs, SeenIn, Session, StepName

_LOGS = {
    Party.CLIENT: Bring.CLIENT_LOGS,
    Party.PROXY: Bring.PROXY_LOGS,
    Party.SERVER: Bring.SERVER_LOGS,
}

_POINTS = 2
"""Packets of the client and those of the server: nothing more can be had."""

_DISTRUSTED = frozenset({"TL-002", "TL-005", "TL-013"})
"""Causes that the certificate itself would settle, as the client is shown it."""

_CUT = frozenset({StepName.CONNECT, StepName.TLS, StepName.LIVE})
"""Steps that fail where a connection is not made, or cut."""

_UNSEEN = frozenset({GapReason.LOST, GapReason.SNAPLEN, GapReason.LIMIT})


def to_bring(
    outcome: Outcome,
    root: Finding | None,
    session: Session | None,
    recordings: Sequence[Recording],
    step: StepName | None = None,
) -> tuple[Bring, ...]:
    """
    What would tell what these recordings do not; empty where they tell enough.

    Args:
        outcome: Of the verdict.
        root: Its cause, if it is known.
        session: Which it is about; None if it is about a recording, or several sessions.
        recordings: All inputs.
        step: At which it failed.
    """
    if outcome is Outcome.HEALTHY:
        return ()
    blind = outcome is Outcome.INCONCLUSIVE or (root is not None and root.effect is Effect.BLINDS)
    if blind:
        wanted = list(_to_see(session, recordings))
    elif root is not None and root.party is None and root.rule_id in _DISTRUSTED:
        wanted = [Bring.CERTIFICATE]
    elif root is None or root.party is None:
        holes = _to_see(session, recordings) if root is None and session is not None else ()
        wanted = [*holes, *_packets(session, step), Bring.SERVER_LOGS]
    elif root.confidence is Confidence.HIGH:
        wanted = []
    else:
        logs = [_LOGS[root.party]] if root.party in _LOGS else []
        wanted = [*_packets(session, step), *logs]
    return tuple(dict.fromkeys(wanted))


def _to_see(session: Session | None, recordings: Sequence[Recording]) -> Iterator[Bring]:
    """So that what was said can be read, from beginning to end."""
    if session is None:
        yield from _of_recordings(recordings)
        return
    reasons = {gap.reason for gap in session.gaps}
    if session.seen_in is SeenIn.HAR and Needs.MESSAGES not in session.can_see:
        yield Bring.HAR
    if Needs.MESSAGES not in session.can_see and session.tls is not None:
        yield from (Bring.KEYS, Bring.HAR)
    if reasons & _UNSEEN:
        yield Bring.WHOLE_PACKETS
    if session.started_late or session.close.kind is CloseKind.OPEN:
        yield Bring.WHOLE_SESSION


def _of_recordings(recordings: Sequence[Recording]) -> Iterator[Bring]:
    for recording in recordings:
        packets = recording.packets
        if packets is None:
            yield Bring.HAR
        elif packets.tls_locked:
            yield from (Bring.KEYS, Bring.HAR)
        elif packets.cut:
            yield Bring.WHOLE_PACKETS
        else:
            yield Bring.WHOLE_SESSION


def _packets(session: Session | None, step: StepName | None) -> Iterator[Bring]:
    """
    Packets of both ends: what left the one, and did not reach the other.

    What was refused in words, at a step of the login, is told by no packets.
    """
    if session is None or step not in _CUT:
        return
    if session.connection is None or session.connection.to_server is None:
        yield Bring.CLIENT_CAPTURE
    if sum(not part.har for part in session.parts) < _POINTS:
        yield Bring.SERVER_CAPTURE
