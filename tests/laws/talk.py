"""Conversations of HTTP and WebSocket, with every kind of oddity."""

from hypothesis import strategies as st

from analyzer.model.source import Direction
from tests.protocol.wire import KEY, C, Deflater, S, frame

Packet = tuple[Direction, bytes, bool]
"""Which way, what, and whether it was lost."""

UPGRADE = (
    b"GET /ws/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n"
)
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n%s\r\n"
)
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n%s\r\nno"
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n"
NO_TAKEOVER = (
    b"Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; "
    b"server_no_context_takeover\r\n"
)

REQUESTS = st.sampled_from(
    (
        b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
        b"HEAD /d HTTP/1.1\r\nA: 1\r\n 2\r\n\r\n",
        b"\r\nGET /e HTTP/1.0\r\nnonsense\r\n\r\n",
        b"not http at all\r\n",
        b"POST /f HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    )
)
RESPONSES = st.sampled_from(
    (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 404\r\nContent-Length: 3, 4\r\n\r\n???",
        b"???\r\n",
    )
)
TEXTS = st.sampled_from((b"<iq/>", b"hello", b"", b"caf\xc3\xa9", b"\xff", b"x" * 130, b"y" * 300))


@st.composite
def frames(draw: st.DrawFn, direction: Direction, deflate: Deflater | None) -> bytes:
    """A frame or a few, mostly in order."""
    key = KEY if direction is C else None
    payload = draw(TEXTS)
    match draw(st.integers(0, 11)):
        case 0:
            return frame(payload[:100], draw(st.sampled_from((8, 9, 10))), key=key)
        case 1:
            half = len(payload) // 2
            ping = frame(b"ping", 9, key=key)
            first = frame(payload[:half], fin=False, key=key)
            return first + ping + frame(payload[half:], 0, key=key)
        case 2:
            return frame(payload, draw(st.integers(0, 15)), fin=draw(st.booleans()), key=key)
        case 3:
            return frame(payload, rsv=draw(st.integers(0, 7)), key=key)
        case 4:
            return frame(payload, form=64, key=None if key else KEY)
        case 5:
            return draw(st.binary(max_size=20))
        case 6 | 7 | 8 if deflate is not None:
            return frame(deflate(payload), rsv=4, key=key)
        case _:
            return frame(payload, draw(st.sampled_from((1, 2))), key=key)


@st.composite
def conversations(draw: st.DrawFn) -> list[Packet]:
    """Some HTTP, a handshake perhaps, frames behind it; packets cut anywhere, some lost."""
    said: list[tuple[Direction, bytes]] = []
    for _ in range(draw(st.integers(0, 3))):
        said += [(C, draw(REQUESTS)), (S, draw(RESPONSES))]
    extension = draw(st.sampled_from((b"", DEFLATE, NO_TAKEOVER)))
    if draw(st.integers(0, 4)):
        said.append((C, UPGRADE % extension))
        said.append((S, draw(st.sampled_from((ACCEPTED, ACCEPTED, REFUSED))) % extension))
    deflaters = {way: Deflater(takeover=extension is DEFLATE) for way in Direction}
    for direction in draw(st.lists(st.sampled_from(Direction), max_size=8)):
        deflate = deflaters[direction] if extension else None
        said.append((direction, draw(frames(direction, deflate))))
    if draw(st.integers(0, 3)) == 0:
        said = said[draw(st.integers(0, len(said))) :]
    packets: list[Packet] = []
    for direction, octets in said:
        cuts = sorted(draw(st.sets(st.integers(1, max(len(octets) - 1, 1)), max_size=2)))
        for begin, stop in zip([0, *cuts], [*cuts, len(octets)], strict=True):
            if octets[begin:stop]:
                packets.append((direction, octets[begin:stop], draw(st.integers(0, 15)) == 0))
    return packets
