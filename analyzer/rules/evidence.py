"""What a rule points at where the fact itself has no place of its own."""

from ..model.recording import Recording
from ..model.session import Session, Step
from ..model.source import HarSource, PacketSource, Source


def beginning(session: Session) -> Source:
    """The upgrade, else the first stanza, else the connection's first packet or entry."""
    if session.upgrade is not None:
        exchange = session.upgrade.exchange
        for part in (exchange.request, exchange.response):
            if part is not None:
                return part.source
    if session.stanzas:
        return session.stanzas[0].source
    if session.connection is not None and session.connection.opened_source is not None:
        return session.connection.opened_source
    return PacketSource(session.capture, 0, 0, session.started_ns)


def ending(session: Session) -> Source:
    """What shows how the session ended, else its last stanza, else its beginning."""
    if session.close.source is not None:
        return session.close.source
    return session.stanzas[-1].source if session.stanzas else beginning(session)


def of_step(session: Session, step: Step) -> Source:
    """What ended the step, else what began it, else the beginning of the session."""
    return step.answered or step.asked or beginning(session)


def whole(recording: Recording) -> Source:
    """A recording from its first packet, or its first entry."""
    if recording.packets is not None:
        facts = recording.packets
        return PacketSource(recording.capture, min(1, facts.packets), facts.packets, facts.last_ns)
    first_ns = recording.har.first_ns if recording.har is not None else None
    return HarSource(recording.capture, 0, None, first_ns)
