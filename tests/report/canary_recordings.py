"""Recordings full of canaries: a HAR with all its fields, frames in packets, BOSH beside them."""

import json
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.laws.recorded import REQUEST_HEADERS, RESPONSE_HEADERS, START_S, Wire
from tests.protocol.wire import Deflater, frame
from tests.report.canaries import Aviary, b64, in_url, xml

EVENT = "http://jabber.org/protocol/pubsub#event"


def _message(content: str) -> str:
    return f"<message xmlns='jabber:client' from='pubsub.finesse.example.test'>{content}</message>"


def _event(text: str) -> str:
    return _message(
        f"<event xmlns='{EVENT}'><items node='/finesse/api/Team/5'><item id='i'><notification>"
        f"{text}</notification></item></items></event>"
    )


WRAPS: tuple[Callable[[str], str], ...] = (
    lambda text: _message(f"<body>{xml(text)}</body>"),
    lambda text: _event(xml(text)),
    lambda text: _event(xml(xml(text))),
    lambda text: _event(xml(json.dumps({"data": text, "event": "PUT"}))),
    lambda text: _event(xml(json.dumps({"data": json.dumps({"inner": text})}))),
    lambda text: _event(f"<![CDATA[{text}]]>"),
)
"""Stanzas around a form: what it is told by survives, escaped once or more."""


def stanzas(aviary: Aviary, wraps: tuple[Callable[[str], str], ...] = WRAPS) -> list[str]:
    """Every form in every wrap, each with a canary of its own."""
    return [wrap(text) for wrap in wraps for text in aviary.planted()]


def echoes(aviary: Aviary) -> list[str]:
    """Every canary again, where nothing tells what it is."""
    return [
        _message(f"<x xmlns='urn:x'>{xml(echo) if '<' in echo else echo}</x>")
        for echo in aviary.echoes
    ]


SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
STREAM = "xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'"

PLAIN = "\0agent1001\0{}"

MECHANISMS: tuple[tuple[str, str], ...] = (
    ("PLAIN", PLAIN),
    ("PLAIN", "boss\0agent1001\0{}"),
    ("SCRAM-SHA-1", "n,,n=agent1001,r={}"),
    ("SCRAM-SHA-256", "c=biws,r={},p=cHJvb2Y="),
    ("DIGEST-MD5", 'username="agent1001",realm="a",nonce="n",cnonce="c",response={}'),
    ("CRAM-MD5", "agent1001 {}"),
    ("LOGIN", "{}"),
    ("OAUTHBEARER", "n,a=agent1001,\1host=h\1auth=Bearer {}\1\1"),
    ("X-OAUTH2", "\0agent1001\0{}"),
    ("NTLM", "NTLMSSP\0\1{}"),
    ("GSSAPI", "\x60\x01{}"),
    ("HT-SHA-256-NONE", "agent1001\0{}"),
)
"""What a message of a mechanism holds."""


def login(aviary: Aviary) -> Iterator[tuple[str, str]]:
    """A login that tries one mechanism after the other, and succeeds at last."""
    names = "".join(f"<mechanism>{name}</mechanism>" for name, _ in MECHANISMS)
    yield "C>", f"<open xmlns='{FRAMING}' to='finesse.example.test' version='1.0'/>"
    yield "S>", f"<open xmlns='{FRAMING}' from='finesse.example.test' id='a1' version='1.0'/>"
    yield (
        "S>",
        (
            f"<stream:features {STREAM}><mechanisms xmlns='{SASL}'>{names}</mechanisms>"
            "</stream:features>"
        ),
    )
    for name, content in MECHANISMS:
        readable = name not in {"NTLM", "GSSAPI", "HT-SHA-256-NONE"}
        sent, challenge, answer = (
            b64(content.format(aviary.secret(token=True, echo=readable))) for _ in range(3)
        )
        yield "C>", f"<auth xmlns='{SASL}' mechanism='{name}'>{sent}</auth>"
        yield "S>", f"<challenge xmlns='{SASL}'>{challenge}</challenge>"
        yield "C>", f"<response xmlns='{SASL}'>{answer}</response>"
        yield "S>", f"<failure xmlns='{SASL}'><not-authorized/></failure>"
    sent, end = (b64(PLAIN.format(aviary.secret())) for _ in range(2))
    yield "C>", f"<auth xmlns='{SASL}' mechanism='PLAIN'>{sent}</auth>"
    yield "S>", f"<success xmlns='{SASL}'>{end}</success>"
    yield "C>", f"<open xmlns='{FRAMING}' to='finesse.example.test' version='1.0'/>"
    yield "S>", f"<open xmlns='{FRAMING}' from='finesse.example.test' id='a2' version='1.0'/>"
    yield (
        "S>",
        (
            f"<stream:features {STREAM}><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
            "</stream:features>"
        ),
    )
    bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
    who = aviary.person()
    yield "C>", f"<iq xmlns='jabber:client' type='set' id='b1'>{bind}</bind></iq>"
    yield (
        "S>",
        (
            f"<iq xmlns='jabber:client' type='result' id='b1'>{bind}"
            f"<jid>{who}@finesse.example.test/desktop</jid></bind></iq>"
        ),
    )
    yield "C>", "<presence xmlns='jabber:client'/>"


def headers(secret: Callable[..., str]) -> dict[str, str]:
    """Fields of a request that hold secrets."""
    token = partial(secret, token=True)
    return {
        "Authorization": f"Basic {b64(f'agent1001:{secret()}')}",
        "Proxy-Authorization": f"Bearer {token()}",
        "Cookie": f"JSESSIONID={token()}; JSESSIONIDSSO={token()}; theme={token()}",
        "X-Api-Key": token(),
        "X-CSRF-Token": token(),
        "X-Auth-Token": token(),
        "X-Session-Id": token(),
        "Referer": f"https://finesse.example.test/desktop;jsessionid={token()}?ticket={token()}",
    }


def answers(secret: Callable[..., str]) -> dict[str, str]:
    """Fields of a response that do."""
    return {
        "Set-Cookie": f"JSESSIONID={secret(token=True)}; Path=/; HttpOnly",
        "WWW-Authenticate": f"Negotiate {b64(secret(token=True))}",
        "Authentication-Info": f'rspauth="{secret(token=True)}"',
        "Location": f"https://a/cb?code={secret(token=True)}",
    }


def _url(secret: Callable[..., str], base: str) -> str:
    return f"{base}?access_token={in_url(secret())}&sid={in_url(secret())}"


def as_har(aviary: Aviary, texts: list[tuple[str, str]]) -> bytes:
    """Messages on a socket; canaries in every field that a HAR has."""
    socket = _entry(aviary, _url(aviary.secret, "wss://finesse.example.test/ws/"), "GET", 101)
    socket["request"]["headers"] = _fields(headers(aviary.secret))
    socket["response"]["headers"] = _fields(answers(aviary.secret))
    offered = {"Sec-WebSocket-Protocol": f"xmpp, {aviary.secret(token=True)}"}
    socket["request"]["headers"] += _fields({**REQUEST_HEADERS, **offered})
    socket["response"]["headers"] += _fields(RESPONSE_HEADERS)
    socket["_resourceType"] = "websocket"
    socket["_webSocketMessages"] = [
        {
            "type": "send" if direction == "C>" else "receive",
            "time": START_S + number / 100,
            "opcode": 1,
            "data": text,
        }
        for number, (direction, text) in enumerate(texts)
    ]
    rest = _entry(
        aviary, _url(aviary.unread, "https://finesse.example.test/finesse/api/User/a"), "PUT", 202
    )
    log = {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [
            {
                "id": "page_1",
                "title": _url(aviary.unread, "https://finesse.example.test/desktop/"),
                "startedDateTime": "2026-01-01T00:00:00.000Z",
                "pageTimings": {},
            }
        ],
        "comment": f"password={in_url(aviary.unread())}",
        "entries": [socket, rest, *_bosh(aviary)],
    }
    return json.dumps({"log": log}).encode()


def _fields(of: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in of.items()]


def _entry(aviary: Aviary, url: str, method: str, status: int) -> dict[str, Any]:
    password = aviary.unread()
    request: dict[str, Any] = {
        "method": method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": [],
        "cookies": [{"name": "JSESSIONID", "value": aviary.unread(token=True)}],
        "queryString": [{"name": "access_token", "value": aviary.unread()}],
        "postData": {
            "mimeType": "application/x-www-form-urlencoded",
            "text": f"user=a&password={in_url(password)}",
            "params": [{"name": "password", "value": password}],
        },
        "headersSize": -1,
        "bodySize": -1,
        "comment": f"token: {aviary.unread(token=True)}",
    }
    response: dict[str, Any] = {
        "status": status,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "headers": [],
        "cookies": [{"name": "JSESSIONIDSSO", "value": aviary.unread(token=True)}],
        "content": {
            "size": 9,
            "mimeType": "application/json",
            "text": json.dumps({"access_token": aviary.unread(), "refresh_token": aviary.unread()}),
        },
        "redirectURL": f"https://a/cb?code={aviary.unread(token=True)}",
        "headersSize": -1,
        "bodySize": -1,
    }
    request["headers"] = _fields(headers(aviary.unread))
    response["headers"] = _fields(answers(aviary.unread))
    return {
        "pageref": "page_1",
        "startedDateTime": "2026-01-01T00:00:00.000Z",
        "time": 9,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 1},
        "_note": {"password": aviary.unread(), "deep": [{"apiKey": aviary.unread()}]},
    }


def _bosh(aviary: Aviary) -> Iterator[dict[str, Any]]:
    """A BOSH session beside it."""
    sid = aviary.secret(token=True)
    space = "xmlns='http://jabber.org/protocol/httpbind'"
    features = (
        f"<stream:features {STREAM}><mechanisms xmlns='{SASL}'><mechanism>PLAIN</mechanism>"
        "</mechanisms></stream:features>"
    )
    auth = f"<auth xmlns='{SASL}' mechanism='PLAIN'>{b64(PLAIN.format(aviary.secret()))}</auth>"
    pairs = [
        (
            f"<body {space} rid='1' to='finesse.example.test' wait='60' hold='1' ver='1.6'/>",
            f"<body {space} sid='{sid}' wait='60' requests='2' inactivity='60'>{features}</body>",
        ),
        (
            f"<body {space} rid='2' sid='{sid}'>{auth}</body>",
            f"<body {space}><success xmlns='{SASL}'/></body>",
        ),
        *(
            (
                f"<body {space} rid='{rid}' sid='{sid}'/>",
                f"<body {space}>{WRAPS[rid % len(WRAPS)](text)}</body>",
            )
            for rid, text in enumerate(aviary.planted(), 3)
        ),
    ]
    for number, (asked, answered) in enumerate(pairs):
        entry = _entry(aviary, "https://finesse.example.test/http-bind/", "POST", 200)
        entry["startedDateTime"] = f"2026-01-01T00:01:{number % 60:02}.000Z"
        entry["request"]["postData"] = {"mimeType": "text/xml", "text": asked}
        entry["response"]["content"] = {"size": 1, "mimeType": "text/xml", "text": answered}
        entry["request"]["comment"] = ""
        yield entry


def as_pcapng(aviary: Aviary, texts: list[tuple[str, str]]) -> bytes:
    """Messages in frames: masked, compressed, a third of them in three fragments."""
    wire = Wire()
    keys = f"CLIENT_RANDOM {'0a' * 32} {aviary.unread().encode().hex()}\n".encode()
    wire.blocks.append(_secrets(keys))
    wire.send(-0.05, "C>", b"", 0x02)
    wire.send(-0.04, "S>", b"", 0x12)
    extension = {"Sec-WebSocket-Extensions": "permessage-deflate"}
    target = _url(aviary.secret, "/ws/")
    for seconds, direction, first, fields in (
        (-0.02, "C>", f"GET {target} HTTP/1.1", {**REQUEST_HEADERS, **headers(aviary.secret)}),
        (-0.01, "S>", "HTTP/1.1 101 Switching", {**RESPONSE_HEADERS, **answers(aviary.secret)}),
    ):
        lines = [f"{name}: {value}" for name, value in {**fields, **extension}.items()]
        wire.send(seconds, direction, "\r\n".join([first, *lines, "", ""]).encode())
    deflaters = {"C>": Deflater(), "S>": Deflater()}
    at = 0.0
    for number, (direction, text) in enumerate(texts):
        key = struct.pack(">I", 0x9E3779B9 * (number + 1) & 0xFFFFFFFF)
        payload = deflaters[direction](text.encode())
        third = len(payload) // 3 or 1
        parts = [payload[:third], payload[third : 2 * third], payload[2 * third :]]
        pieces = [payload] if number % 3 else parts
        for index, piece in enumerate(pieces):
            at += 0.001
            octets = frame(
                piece,
                0 if index else 1,
                fin=index == len(pieces) - 1,
                rsv=0 if index else 4,
                key=key if direction == "C>" else None,
            )
            wire.send(at, direction, octets)
    reason = f"password={aviary.secret(token=True)}".encode()
    wire.send(at + 0.01, "S>", frame(struct.pack(">H", 1011) + reason, 8))
    return b"".join(wire.blocks)


def _secrets(keys: bytes) -> bytes:
    """A Decryption Secrets Block with a TLS key log."""
    body = struct.pack("<II", 0x544C534B, len(keys)) + keys + b"\0" * (-len(keys) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", 10) + length + body + length
