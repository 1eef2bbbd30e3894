"""What was seen to be odd: a fact with its place, not a judgement."""

from enum import StrEnum

from msgspec import Struct

from .source import Direction, Source


class AnomalyCode(StrEnum):
    """Every oddity the readers and decoders can name, by the floor that sees it."""

    # any floor
    LIMIT = "limit.reached"
    DAMAGED = "capture.damaged"
    TRUNCATED = "capture.truncated"

    # capture/har
    HAR_ENTRY_SKIPPED = "har.entry.skipped"
    HAR_MESSAGE_SKIPPED = "har.message.skipped"

    # transport/tcp
    TCP_CONFLICT = "tcp.overlap.conflict"
    TCP_GAP = "tcp.gap"

    # protocol/tls
    TLS_RECORD = "tls.record.malformed"
    TLS_HANDSHAKE = "tls.handshake.malformed"
    TLS_DECRYPT = "tls.record.not-opened"

    # protocol/http2 (RFC 9113)
    H2_FRAME = "http2.frame.malformed"
    H2_HEADERS = "http2.headers.unreadable"
    H2_RESET = "http2.stream.reset"
    H2_GOAWAY = "http2.goaway"

    # protocol/bosh (XEP-0124)
    BOSH_BODY = "bosh.body.malformed"

    # protocol/http1
    HTTP_MALFORMED = "http.malformed"
    HTTP_UNEXPECTED_RESPONSE = "http.response.unexpected"
    HTTP_BODY_INCOMPLETE = "http.body.incomplete"

    # protocol/websocket (RFC 6455)
    WS_ACCEPT = "websocket.accept.wrong"
    WS_UNMASKED = "websocket.frame.unmasked"
    WS_MASKED = "websocket.frame.masked"
    WS_RSV = "websocket.frame.reserved-bit"
    WS_OPCODE = "websocket.frame.reserved-opcode"
    WS_LENGTH = "websocket.frame.length-form"
    WS_CONTINUATION = "websocket.continuation.without-start"
    WS_INTERRUPTED = "websocket.message.interrupted"
    WS_CONTROL_FRAGMENTED = "websocket.control.fragmented"
    WS_CONTROL_LENGTH = "websocket.control.too-long"
    WS_AFTER_CLOSE = "websocket.frame.after-close"
    WS_CLOSE_BODY = "websocket.close.body"
    WS_CLOSE_CODE = "websocket.close.code"
    WS_CLOSE_REASON = "websocket.close.reason-utf8"
    WS_UTF8 = "websocket.text.utf8"
    WS_TRUNCATED = "websocket.frame.truncated"
    WS_UNFINISHED = "websocket.message.unfinished"

    # protocol/deflate (RFC 7692)
    DEFLATE_PARAMETER = "deflate.parameter"
    DEFLATE_RSV1 = "deflate.rsv1"
    DEFLATE_DATA = "deflate.data"
    DEFLATE_CONTEXT = "deflate.context-lost"

    # protocol/xmpp (RFC 6120, RFC 7395)
    XML_MALFORMED = "xml.malformed"
    XML_FORBIDDEN = "xml.forbidden"
    XMPP_BINARY = "xmpp.binary-message"
    XMPP_WHITESPACE = "xmpp.whitespace"
    XMPP_SEVERAL = "xmpp.several-elements"
    XMPP_STREAM_TAG = "xmpp.stream-tag"
    XMPP_NAMESPACE = "xmpp.namespace"
    XMPP_UTF8 = "xmpp.utf8"
    SASL_BASE64 = "sasl.base64"
    SASL_PLAIN = "sasl.plain"


class Anomaly(Struct, frozen=True, kw_only=True, gc=False):
    """
    Something captured that breaks a protocol, a format or a cap.

    Attributes:
        code: What.
        values: Facts for the texts (numbers and protocol words, never a sentence or a secret).
        direction: Which way it went, where that means something.
        length: Octets concerned.
        source: Where; None where the whole input is meant.
    """

    code: AnomalyCode
    values: dict[str, str | int] = {}
    direction: Direction | None = None
    length: int = 0
    source: Source | None = None
