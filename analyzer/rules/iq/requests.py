"""Requests of a session, for the rules that ask what became of them."""

from collections.abc import Iterator

from ...model.session import Iq, Session
from ...model.source import Direction
from ...model.xmpp import Bind, OtherPayload, Ping, Pubsub, PubsubAction, SessionRequest, Stanza

_TOLD_ELSEWHERE = frozenset({Bind, SessionRequest, Ping})
_SUBSCRIBING = frozenset({PubsubAction.SUBSCRIBE, PubsubAction.UNSUBSCRIBE})


def plain_requests(session: Session) -> Iterator[Iq]:
    """Requests but those of the login, pings, subscribe and unsubscribe, which have own rules."""
    for iq in session.iqs:
        payload = iq.request.payload
        if type(payload) in _TOLD_ELSEWHERE:
            continue
        if type(payload) is Pubsub and payload.action in _SUBSCRIBING:
            continue
        yield iq


def by_client(iq: Iq) -> bool:
    """Whether the client asked."""
    return iq.request.direction is Direction.TO_SERVER


def asked_for(request: Stanza) -> str:
    """The payload of a request in a word: `pubsub items`, `{jabber:iq:version}query`, `roster`."""
    payload = request.payload
    if isinstance(payload, Pubsub):
        return f"pubsub {payload.action.value}"
    if isinstance(payload, OtherPayload):
        return " ".join(payload.names) or "nothing"
    return type(payload).__name__.lower() if payload is not None else "nothing"
