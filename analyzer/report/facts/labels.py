"""A stanza, a frame or an exchange in a few words, for ladder and table."""

from collections.abc import Iterator
from typing import Literal, assert_never

from msgspec import Struct

from ...model.http import Request, Response
from ...model.session import Session
from ...model.stream import StreamManagement
from ...model.websocket import Frame, Opcode
from ...model.xmpp import (
    Auth,
    Bind,
    Close,
    Event,
    Features,
    Open,
    OtherPayload,
    Ping,
    PresenceInfo,
    Pubsub,
    Roster,
    SaslFailure,
    SessionRequest,
    Stanza,
    StanzaKind,
    StreamError,
)
from ..language.texts import say
from ..language.visible import clipped, legible, visible
from ..language.words import Words


class Label(Struct, frozen=True):
    """
    What something is.

    Attributes:
        name: Its name as an engineer says it: "iq get", "presence", "ping frame".
        detail: What tells it from others of that name.
        fault: It reports an error.
        routine: One of many alike (pings): the ladder may count instead of drawing it.
        event: A pubsub event; of many in a row likewise.
    """

    name: str
    detail: str = ""
    fault: bool = False
    routine: bool = False
    event: bool = False

    @property
    def words(self) -> str:
        """Name and detail."""
        return f"{self.name} {self.detail}".strip()


_NAMES = {
    StanzaKind.FEATURES: "stream:features",
    StanzaKind.STREAM_ERROR: "stream:error",
}

_DETAIL_LENGTH = 90


def of_stanza(stanza: Stanza, words: Words) -> Label:
    """Kind and type, and the one or two facts that matter."""
    name = _NAMES.get(stanza.kind, stanza.kind.value)
    if stanza.kind in (StanzaKind.OTHER, StanzaKind.STREAM_MANAGEMENT, StanzaKind.STARTTLS):
        name = stanza.name.rpartition("}")[2] or name
    if stanza.type is not None:
        name = f"{name} {stanza.type}"
    detail = _detail(stanza, words)
    if stanza.error is not None:
        error = stanza.error
        conditions = (error.condition, error.pubsub, error.text and f'"{error.text}"')
        detail = " ".join([*(word for word in conditions if word), *([detail] if detail else [])])
    fault = stanza.error is not None or stanza.kind in (
        StanzaKind.FAILURE,
        StanzaKind.STREAM_ERROR,
        StanzaKind.MALFORMED,
    )
    return Label(
        clipped(legible(name), 40),
        clipped(legible(detail), _DETAIL_LENGTH),
        fault,
        isinstance(stanza.payload, Ping) and not fault,
        isinstance(stanza.payload, Event) and not fault,
    )


def _detail(stanza: Stanza, words: Words) -> str:
    payload = stanza.payload
    match payload:
        case Open():
            answered = payload.sender and words["label.answered"]
            return _words(_named("to", payload.to, words), answered)
        case Close():
            return payload.see_other_uri or ""
        case Features():
            return _features(payload)
        case Auth():
            who = payload.authcid or payload.authzid
            return _words(payload.mechanism, _named("as", who, words), payload.problem)
        case SaslFailure() | StreamError():
            return _words(payload.condition, payload.text and f'"{payload.text}"')
        case Bind():
            return _words("bind", payload.jid or payload.resource)
        case SessionRequest():
            return "session"
        case Ping():
            return "ping"
        case Roster():
            listing = stanza.type == "result"
            return say(words, "label.roster", count=payload.items) if listing else "roster"
        case Pubsub():
            return _words(payload.action.value, payload.node, payload.subscription)
        case Event():
            return _event(payload)
        case PresenceInfo():
            return _words(_named("from", stanza.sender, words), payload.show)
        case StreamManagement():
            handled = None if payload.handled is None else f"h={payload.handled}"
            return _words(handled, payload.resume and "resume", payload.condition)
        case OtherPayload():
            return " ".join(name.rpartition("}")[2] for name in payload.names)
        case None:
            return ""
        case _:  # pragma: no cover - mypy proves that nothing is left
            assert_never(payload)


def _named(key: str, name: str | None, words: Words) -> str:
    """Whom something goes to or comes from."""
    # Asked for each stanza: plain `format`, which is quicker than `say`.
    return words[f"label.{key}"].format(name=name) if name else ""


def _words(*parts: str | Literal[False] | None) -> str:
    return " ".join(part for part in parts if part)


def _features(features: Features) -> str:
    offers = [
        *features.mechanisms,
        *(["bind"] if features.bind else []),
        *(["session"] if features.session else []),
        *(["starttls"] if features.starttls else []),
    ]
    return " ".join(offers)


def _event(event: Event) -> str:
    update = next((item.update for item in event.items if item.update is not None), None)
    if update is None:
        return _words("event", event.node)
    what = _words(update.event, update.source or event.node, update.state)
    return _words(what, *(error.type for error in update.errors))


_OPCODES = {
    Opcode.PING: ".ping",
    Opcode.PONG: ".pong",
    Opcode.CLOSE: ".close",
}


def of_frame(frame: Frame, words: Words) -> Label:
    """A control frame: its opcode, and code and reason of a Close (RFC 6455 section 5.5.1)."""
    kind = next((kind for code, kind in _OPCODES.items() if code == frame.opcode), "")
    name = words[f"label.frame{kind}"]
    if frame.opcode != Opcode.CLOSE or len(frame.payload) < 2:
        return Label(name, routine=frame.opcode in (Opcode.PING, Opcode.PONG))
    code = int.from_bytes(frame.payload[:2], "big")
    reason = frame.payload[2:].decode("utf-8", "backslashreplace")
    return Label(name, clipped(legible(_words(str(code), reason)), _DETAIL_LENGTH), code >= 1002)


def upgrade_labels(session: Session, words: Words) -> Iterator[tuple[Label, Request | Response]]:
    """Request and response of the opening handshake, as far as they were recorded."""
    if session.upgrade is None:
        return
    request, response = session.upgrade.exchange.request, session.upgrade.exchange.response
    if request is not None:
        target = "/" + request.url.split("://", 1)[-1].partition("/")[2]
        name = clipped(say(words, "label.upgrade", method=request.method), 40)
        yield Label(name, clipped(visible(target), _DETAIL_LENGTH)), request
    if response is not None:
        detail = clipped(visible(f"{response.status} {response.reason}".strip()), _DETAIL_LENGTH)
        yield Label(words["label.response"], detail, not session.upgrade.accepted), response
