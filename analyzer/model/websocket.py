"""WebSocket frames and messages (RFC 6455), and what an upgrade agreed on."""

from enum import IntEnum, StrEnum

from msgspec import Struct

from .http import Exchange
from .source import Direction, Side, Source


class Opcode(IntEnum):
    """RFC 6455 section 5.2; reserved ones stay plain integers in `Frame.opcode`."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class MessageKind(StrEnum):
    """What a message's first opcode says it holds."""

    TEXT = "text"
    BINARY = "binary"


class Frame(Struct, frozen=True, kw_only=True, gc=False):
    """
    One frame, as it stood on the wire.

    Attributes:
        direction: Which way it went.
        opcode: 0-15 (`Opcode` names the known ones).
        fin: FIN bit.
        rsv: RSV1-3 as a number 0-7; RSV1 counts 4.
        masking_key: Four octets, or None for an unmasked frame.
        length_form: 7, 16 or 64: bits that the length was written with.
        length: Octets of payload that the header announces.
        payload: Unmasked, not inflated; shorter than `length` where octets are missing.
        offset: Of the frame's first octet in its direction.
        source: The packets.
    """

    direction: Direction
    opcode: int
    fin: bool
    rsv: int
    masking_key: bytes | None
    length_form: int
    length: int
    payload: bytes
    offset: int
    source: Source


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """
    One message, defragmented and inflated.

    Attributes:
        direction: Which way it went.
        kind: Text or binary.
        payload: The octets; text is not yet checked beyond what the decoder reported.
        frames: Frames it came in; 0 in a HAR, which does not say.
        compressed_length: Octets before inflating; None if it was not compressed.
        complete: False if octets are missing (gap, cut, cap): `payload` holds what there is.
        source: From its first to its last frame.
    """

    direction: Direction
    kind: MessageKind
    payload: bytes
    frames: int = 0
    compressed_length: int | None = None
    complete: bool = True
    source: Source


class Upgrade(Struct, frozen=True, kw_only=True, gc=False):
    """
    The opening handshake (RFC 6455 section 4).

    Attributes:
        exchange: Request and response.
        accepted: The server answered 101 (or 2xx over HTTP/2).
        accept_valid: `Sec-WebSocket-Accept` fits the key; None if either is missing.
        subprotocol: What the server chose.
        offered: Subprotocols the client offered; credentials behind `xmpp` are not among them.
        extensions: `Sec-WebSocket-Extensions` of the response.
        time_ns: When the answer came; else when the request went out.
    """

    exchange: Exchange
    accepted: bool
    accept_valid: bool | None = None
    subprotocol: str | None = None
    offered: tuple[str, ...] = ()
    extensions: str | None = None
    time_ns: int | None = None


class SocketEnd(Struct, frozen=True, kw_only=True, gc=False):
    """
    What a HAR tells of a socket's end.

    Attributes:
        time_ns: When it closed, or the export, nanoseconds since 1970 UTC; None if not known.
        open_at_export: True: still open when the HAR was written; None: cannot be told.
        code: Close code, only HTTP Toolkit writes it.
        reason: Close reason, likewise.
        by: Who closed it; only our own export of a capture says so.
        error: Text of the browser's `error` row, where one stands after the upgrade.
        recorded: There is a list of messages; an empty one says that none went.
        source: The entry.
    """

    time_ns: int | None
    open_at_export: bool | None
    code: int | None = None
    reason: str | None = None
    by: Side | None = None
    error: str | None = None
    recorded: bool = True
    source: Source


class FrameFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    Frames of one direction, counted.

    Attributes:
        frames: All frames.
        data: Data frames (text, binary, continuation).
        masked: Frames with a masking key.
        masking_keys: Different keys among the first 64 masked frames.
        keyed: Masked frames looked at for that.
        longest: Longest payload.
    """

    frames: int = 0
    data: int = 0
    masked: int = 0
    masking_keys: int = 0
    keyed: int = 0
    longest: int = 0
