"""Every cipher suite that is carried, and what an independent decoder makes of it."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.protocol.tls.cipher import opener_of
from analyzer.protocol.tls.schedule import Keys
from analyzer.protocol.tls.suite_names import NAMES
from analyzer.protocol.tls.suites import suite_of
from tests.capture.written import START_S, pcap
from tests.protocol.tls.made import MASTER, Legacy, log
from tests.protocol.tls.peers import chunks_of, decode, oddities, plaintext, ring_of
from tests.protocol.wire import C, S
from tests.transport.segments import ACK, CLIENT, SERVER, SYN, segment

ASKED, ANSWERED = b"what was asked", b"what was answered"

NOT_BY_TSHARK = ("KRB5", "ECCPWD", "EXPORT1024_WITH_DES", "EXPORT1024_WITH_RC2", "NULL_NULL")
"""Parts of names of suites that tshark 4.0 does not open, and we do."""

LATEST = range(0xD001, 0xD006)
"""ECDHE_PSK with AES-GCM and AES-CCM (RFC 8442): likewise."""


def versions(code: int) -> Iterator[int]:
    """Those a suite may be spoken in."""
    suite = suite_of(code)
    if suite is None or not suite.exchange or suite.cipher == "ARIA":
        return
    if opener_of(0x0303, suite, Keys(b"", bytes(range(suite.key_octets)), b"")) is None:
        return
    if suite.mode not in ("CBC", "") or suite.digest in ("sha256", "sha384"):
        yield 0x0303
    elif suite.secret_octets:
        yield from (0x0300, 0x0301)
    else:
        yield from (0x0300, 0x0301, 0x0302, 0x0303)


Talks = list[tuple[int, Legacy]]


@pytest.fixture(scope="module")
def talks() -> Talks:
    """One of each suite and version."""
    found: Talks = []
    for code in sorted(NAMES):
        for version in versions(code):
            random = hashlib.sha256(b"%d %d" % (code, version)).digest()
            talk = Legacy(code, version, handshake=False)
            talk.keys = log("CLIENT_RANDOM", MASTER, random)
            talk.handshake(random)
            talk.send(C, 23, ASKED)
            talk.send(S, 23, ANSWERED)
            found.append((code, talk))
    return found


def test_we_open_all(talks: Talks) -> None:
    assert len(talks) > 600
    assert len({code for code, _ in talks}) > 230
    for code, talk in talks:
        events = decode(chunks_of(talk.turns), ring_of(talk.keys))
        assert plaintext(events, C) == ASKED, NAMES[code]
        assert plaintext(events, S) == ANSWERED, NAMES[code]
        assert oddities(events) == []


def written(talks: Talks) -> bytes:
    """A capture of them, one connection behind the other."""
    frames: list[bytes] = []
    for number, (_, talk) in enumerate(talks):
        client, server = (CLIENT[0], 20_000 + number), (SERVER[0], 4_433)
        frames.append(segment(client, server, 999, SYN))
        frames.append(segment(server, client, 4_999, SYN | ACK, acknowledgment=1_000))
        at = {C: 1_000, S: 5_000}
        for way, octets in talk.turns:
            ends = (client, server) if way is C else (server, client)
            frames.append(segment(*ends, at[way], ACK, octets, acknowledgment=at[way.other]))
            at[way] += len(octets)
    return pcap((START_S + index / 1_000, frame) for index, frame in enumerate(frames))


def test_tshark_opens_the_same(talks: Talks, tshark: str, tmp_path: Path) -> None:
    """It looks at the MAC, too: so the formulas of SSL 3.0 and of export keys are right."""
    (tmp_path / "capture").write_bytes(written(talks))
    (tmp_path / "keys").write_bytes(b"".join(talk.keys for _, talk in talks))
    command = [tshark, "-r", str(tmp_path / "capture"), "-o", f"tls.keylog_file:{tmp_path}/keys"]
    command += ["-d", "tcp.port==4433,tls", "-Y", "data", "-T", "fields"]
    command += ["-e", "tcp.stream", "-e", "data.data"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    theirs: dict[int, list[str]] = {}
    for line in run.stdout.splitlines():
        stream, octets = line.split("\t")
        theirs.setdefault(int(stream), []).append(octets)
    for number, (code, _) in enumerate(talks):
        opened = theirs.get(number) == [ASKED.hex(), ANSWERED.hex()]
        unknown = code in LATEST or any(word in NAMES[code] for word in NOT_BY_TSHARK)
        assert opened is not unknown, NAMES[code]
