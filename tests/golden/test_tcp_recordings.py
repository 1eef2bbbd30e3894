"""Recordings of XMPP over TCP hold what their client wrote down, octet for octet."""

import json
import re
from pathlib import Path

import pytest

from analyzer.capture.keylog import secrets
from analyzer.model.anomaly import Anomaly
from analyzer.model.source import Direction
from analyzer.model.xmpp import Stanza
from analyzer.protocol.tls.keyring import KeyRing
from tests.protocol.recordings import events_of

RECORDINGS = (
    "f-tcp-plain-prosody",
    "f-tcp-starttls12-prosody",
    "f-tcp-starttls13-prosody",
    "q-tcp-one-byte-segments",
    "w-classic-pcap-microsecond",
)
PORTS = (5222, 5322)
SIGNS = {Direction.TO_SERVER: ">", Direction.TO_CLIENT: "<"}

BETWEEN = re.compile(r"<\?xml[^>]*\?>|\s+(?=<)|(?<=>)\s+")
"""What is part of no element; the client's own log cuts there, too."""


@pytest.mark.parametrize("recording", RECORDINGS)
def test_every_element_is_there(shared: Path, recording: str) -> None:
    folder = shared / "captures" / recording
    keys = KeyRing()
    for path in folder.glob("keys*.log"):
        keys.add(secrets(path.read_bytes()))
    (capture,) = folder.glob("capture.pcap*")
    events = [e for some in events_of(capture, PORTS, keys).values() for e in some]
    log = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["client_log"]
    for direction in Direction:
        expected = "".join(text for sign, text in log if sign == SIGNS[direction])
        stanzas = [e for e in events if isinstance(e, Stanza) and e.direction is direction]
        assert len(stanzas) > 5
        found = b"".join(stanza.octets for stanza in stanzas).decode()
        assert BETWEEN.sub("", found) == BETWEEN.sub("", expected)
    assert [event for event in events if isinstance(event, Anomaly)] == []
