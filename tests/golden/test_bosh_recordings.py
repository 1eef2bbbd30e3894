"""BOSH recordings: packets and HAR tell one story, and tshark sees the same requests."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from analyzer.model.bosh import Turn
from analyzer.model.session import Needs, Session
from analyzer.model.xmpp import Stanza
from analyzer.pipeline import analyze
from tests.protocol.recordings import events_of

BELOW = {"connect", "tls"}
RID = re.compile(r"rid=[\"'](\d+)")

WITH_BODIES = ("firefox-good-bosh", "e-bosh-prosody-tls13", "g-wrong-password-bosh", "r-lossy-bosh")
RECORDINGS = (*WITH_BODIES, "good-bosh")


def only(path: Path) -> Session:
    """The session of a recording; its keys lie beside it."""
    (one,) = analyze([path]).sessions
    return one


def told(stanza: Stanza) -> tuple[str, ...]:
    return stanza.direction.value, stanza.kind.value, stanza.name, stanza.octets.decode()


@pytest.mark.parametrize("recording", WITH_BODIES)
def test_packets_and_har_hold_the_same_stanzas(shared: Path, recording: str) -> None:
    folder = shared / "captures" / recording
    packets, har = only(folder / "capture.pcapng"), only(folder / "session.har")
    assert sorted(map(told, packets.stanzas)) == sorted(map(told, har.stanzas))
    sent = [told(s) for s in packets.stanzas if told(s)[0] == "C>"]
    assert sent == [told(s) for s in har.stanzas if told(s)[0] == "C>"]
    login = [
        [(step.name, step.status, step.detail) for step in one.steps if step.name not in BELOW]
        for one in (packets, har)
    ]
    assert login[0] == login[1]
    assert (packets.agent, packets.jid, packets.close.by) == (har.agent, har.jid, har.close.by)
    assert packets.bosh is not None
    assert har.bosh is not None
    assert packets.bosh.sid == har.bosh.sid
    assert packets.bosh.turn_count == har.bosh.turn_count
    assert (packets.bosh.wait_s, packets.bosh.terminated_by) == (
        har.bosh.wait_s,
        har.bosh.terminated_by,
    )


@pytest.mark.parametrize("recording", RECORDINGS)
def test_every_request_is_there(shared: Path, recording: str) -> None:
    har = shared / "captures" / recording / "session.har"
    entries = json.loads(har.read_bytes())["log"]["entries"]
    sent = [e["request"]["postData"]["text"] for e in entries if "http-bind" in e["request"]["url"]]
    rids = [int(found[1]) for text in sent if (found := RID.search(text))]
    turns = [e for some in events_of(har).values() for e in some if isinstance(e, Turn)]
    assert [turn.request.rid for turn in turns if turn.request is not None] == rids
    assert len(rids) == len(sent) > 1
    assert all(turn.anomalies == () for turn in turns)
    wire = har.with_name("wire.json")
    if wire.exists():
        assert len(rids) == json.loads(wire.read_bytes())["hars"]["session.har"]["bosh_posts"]


@pytest.mark.parametrize("recording", RECORDINGS)
def test_tshark_sees_the_same_requests(shared: Path, tshark: str, recording: str) -> None:
    folder = shared / "captures" / recording
    command = [
        *(tshark, "-r", str(folder / "capture.pcapng"), "-2", "-n"),
        *("-o", f"tls.keylog_file:{folder / 'keys.log'}", "-d", "tcp.port==8080,http"),
        *("-Y", 'http.request.method == POST and http.request.uri contains "http-bind"'),
        *("-T", "fields", "-e", "frame.number"),
    ]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    one = only(folder / "capture.pcapng")
    assert one.bosh is not None
    assert one.bosh.turn_count == len(output.split())


def test_a_har_without_bodies_tells_what_it_lacks(shared: Path) -> None:
    one = only(shared / "captures" / "good-bosh" / "session.har")
    assert one.bosh is not None
    assert one.bosh.bodies_missing == one.bosh.turn_count == len(one.gaps) == 16
    assert Needs.MESSAGES not in one.can_see
