"""
Other people's WebSocket captures: frames, messages and violations equal the facts beside them.

The facts were made by an independent decoder (`public/README.md`). Where we differ on purpose,
`DIFFERENT` says so.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event
from analyzer.model.source import Direction
from analyzer.model.websocket import Frame, Message, MessageKind, Upgrade
from tests.protocol.recordings import events_of

CAPTURES = (
    "OISF_suricata-verify/tests/websocket-ping/input.pcap",
    "OISF_suricata-verify/tests/websocket/basic_websockets.pcap",
    "arkime_arkime/tests/pcap/websocket.pcap",
    "recorded-autobahn/ab-1-5.pcapng",
    "recorded-autobahn/ab-7-10.pcapng",
    "recorded-autobahn/ab-9.pcapng",
    "zeek_zeek/testing/btest/Traces/websocket/broker-websocket.pcap",
    "zeek_zeek/testing/btest/Traces/websocket/jupyter-websocket.pcap",
    "zeek_zeek/testing/btest/Traces/websocket/reply-ping-separate.pcap",
    "zeek_zeek/testing/btest/Traces/websocket/two-binary-fragments.pcap",
    "zeek_zeek/testing/btest/Traces/websocket/wrong-accept-header.pcap",
    "zeek_zeek/testing/btest/Traces/websocket/wstunnel-http.pcap",
)

WAYS = {"c2s": Direction.TO_SERVER, "s2c": Direction.TO_CLIENT}
OPCODES = {MessageKind.TEXT: 1, MessageKind.BINARY: 2}

DIFFERENT = {
    # Autobahn 7.5.1: the reason is not UTF-8 (RFC 6455 section 5.5.1); the facts do not say so.
    ("recorded-autobahn/ab-7-10.pcapng", 12): [AnomalyCode.WS_CLOSE_REASON],
}
"""What we find beyond the facts: by capture and connection."""

FINDINGS = {
    "accept-mismatch": AnomalyCode.WS_ACCEPT,
    "client-unmasked": AnomalyCode.WS_UNMASKED,
    "close-code-invalid": AnomalyCode.WS_CLOSE_CODE,
    "close-len-1": AnomalyCode.WS_CLOSE_BODY,
    "continuation-without-start": AnomalyCode.WS_CONTINUATION,
    "control-fragmented": AnomalyCode.WS_CONTROL_FRAGMENTED,
    "control-too-long": AnomalyCode.WS_CONTROL_LENGTH,
    "data-inside-fragmented-message": AnomalyCode.WS_INTERRUPTED,
    "frame-after-close": AnomalyCode.WS_AFTER_CLOSE,
    "partial-header-at-end": AnomalyCode.WS_TRUNCATED,
    "reserved-control-opcode": AnomalyCode.WS_OPCODE,
    "reserved-data-opcode": AnomalyCode.WS_OPCODE,
    "rsv1-unexpected": AnomalyCode.WS_RSV,
    "rsv23-set": AnomalyCode.WS_RSV,
    "second-close": AnomalyCode.WS_AFTER_CLOSE,
}
"""Their words in ours; what is about the connection as a whole is for rules to say."""
OF_THE_CONNECTION = {"no-close-frame", "close-one-sided"}


def digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


@pytest.fixture(scope="module", params=CAPTURES)
def capture(
    shared: Path, request: pytest.FixtureRequest
) -> tuple[str, dict[int, list[Event]], Any]:
    """Name, our events, their facts."""
    name = request.param
    facts = shared / "public/expected" / f"{name.replace('/', '__')}.json"
    events = events_of(shared / "public/captures" / name)
    return name, events, json.loads(facts.read_text(encoding="utf-8"))


Capture = tuple[str, dict[int, list[Event]], Any]


def sockets(capture: Capture) -> Iterator[tuple[int, list[Event], Any]]:
    """Connection, our events, their facts of the WebSocket in it."""
    _, events, facts = capture
    found = [s for s in facts["streams"] if s.get("websocket")]
    assert found
    for stream in found:
        yield stream["stream"], events[stream["stream"]], stream["websocket"]


def test_frames(capture: Capture) -> None:
    for number, events, facts in sockets(capture):
        for way, direction in WAYS.items():
            ours = [
                (
                    int(f.fin),
                    f.rsv,
                    f.opcode,
                    f.masking_key is not None,
                    f.length,
                    digest(f.payload),
                )
                for f in events
                if isinstance(f, Frame) and f.direction is direction and len(f.payload) == f.length
            ]
            theirs = [
                (f["fin"], f["rsv"], f["opcode"], f["masked"], f["length"], f["payload_sha256"])
                for f in facts[way]["frames"]
            ]
            assert ours == theirs, (number, way)


def test_messages(capture: Capture) -> None:
    for number, events, facts in sockets(capture):
        for way, direction in WAYS.items():
            ours = [
                (
                    OPCODES[m.kind],
                    m.compressed_length is not None,
                    len(m.payload),
                    digest(m.payload),
                )
                for m in events
                if isinstance(m, Message) and m.direction is direction and m.complete
            ]
            theirs = [
                (m["opcode"], m["compressed"], m["len"], m["sha256"])
                for m in facts[way]["messages"]
                # A frame with a reserved opcode holds no message (RFC 6455 section 5.2); the facts
                # of ab-1-5 (cases 4.1.1 to 4.1.5) call it one.
                if m.get("opcode") in {1, 2}
            ]
            assert ours == theirs, (number, way)


def test_violations(capture: Capture) -> None:
    name, *_ = capture
    for number, events, facts in sockets(capture):
        theirs = set()
        for finding in facts["findings"]:
            word, _, place = finding.partition("@")
            if word not in OF_THE_CONNECTION:
                word = re.sub(r"(code-invalid)-\d+", r"\1", word)
                theirs.add((FINDINGS[word], place))
        ours = [event.code for event in events if isinstance(event, Anomaly)]
        expected = [code for code, _ in theirs] + DIFFERENT.get((name, number), [])
        assert sorted(ours) == sorted(expected), number


def test_handshakes(capture: Capture) -> None:
    for number, events, facts in sockets(capture):
        (upgrade,) = (event for event in events if isinstance(event, Upgrade))
        assert upgrade.accepted
        assert upgrade.accept_valid is facts["accept_ok"], number
        assert upgrade.subprotocol == facts["protocol"]
        assert upgrade.extensions == facts["accepted_extensions"]
        request = upgrade.exchange.request
        assert request is not None
        line = f"{request.method} /{request.url.split('/', 3)[3]} {request.version}"
        assert line == facts["request"]
