import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
import zstandard

from analyzer.capture import archive, formats
from analyzer.capture.formats import refused
from analyzer.capture.har import HarReader
from analyzer.capture.ladder import LadderReader
from analyzer.capture.pcap import PcapReader
from analyzer.capture.pcapng import PcapngReader
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.errors import CaptureError
from analyzer.model.recording import Kind
from analyzer.model.websocket import Message
from tests.capture.har_written import FIXTURES, GOOD, all_items, http, log, messages, written
from tests.capture.opened import open_capture
from tests.capture.written import START_S, erf_record, pcap, snoop

PCAPNG = FIXTURES / "good-ws" / "capture.pcapng"
PCAP = pcap([(START_S, bytes(60))])


def count(path: Path) -> tuple[str, int]:
    """Format of a file, and its messages or packets."""
    with open_capture(path, 0) as opened:
        if opened.kind is Kind.PACKETS:
            return opened.format, sum(len(window) for window in opened.reader.windows())
        return opened.format, len(messages(all_items(b"", opened.reader)))


@pytest.fixture
def put(tmp_path: Path) -> Any:
    """Write octets under a name that tells nothing."""

    def write(octets: bytes, name: str = "given") -> Path:
        path = tmp_path / name
        path.write_bytes(octets)
        return path

    return write


def zipped(**files: bytes) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return octets.getvalue()


def test_a_har() -> None:
    with open_capture(GOOD, 3) as opened:
        assert (opened.name, opened.format, opened.kind) == ("session.har", "HAR", Kind.HAR)
        assert opened.sha256 == hashlib.sha256(GOOD.read_bytes()).hexdigest()
        assert opened.octets == GOOD.stat().st_size
        assert isinstance(opened.reader, HarReader)
        items = all_items(b"", opened.reader)
        assert len(messages(items)) == 29
        assert {item.source.capture for item in items[3] if isinstance(item, Message)} == {3}


def test_captures(put: Any) -> None:
    with open_capture(PCAPNG, 0) as opened:
        assert (opened.format, opened.kind) == ("pcapng", Kind.PACKETS)
        assert isinstance(opened.reader, PcapngReader)
    with open_capture(put(PCAP), 0) as opened:
        assert (opened.format, opened.kind) == ("pcap", Kind.PACKETS)
        assert isinstance(opened.reader, PcapReader)


@pytest.mark.parametrize(
    ("octets", "said", "packets"),
    [
        (gzip.compress(GOOD.read_bytes()), "HAR (gzip)", 29),
        (zlib.compress(GOOD.read_bytes()), "HAR (zlib)", 29),
        (zstandard.compress(GOOD.read_bytes()), "HAR (zstd)", 29),
        (zipped(session=GOOD.read_bytes()), "HAR (zip)", 29),
        (zipped(session=gzip.compress(GOOD.read_bytes())), "HAR (gzip in zip)", 29),
        (GOOD.read_text("utf-8").encode("utf-16"), "HAR (UTF-16)", 29),
        (b"\xef\xbb\xbf" + GOOD.read_bytes(), "HAR", 29),
        (b"onInputData(" + GOOD.read_bytes() + b");\n", "HAR", 29),
        (b"\n\n \t" + GOOD.read_bytes() + b"\0\0\0", "HAR", 29),
        (b"exported by hand:\n" + GOOD.read_bytes(), "HAR", 29),
        (snoop([(START_S * 1_000_000, bytes(60))]), "snoop", 1),
        (erf_record(bytes(60)), "ERF", 1),
        (erf_record(bytes(9018)) * 9, "ERF", 9),
        (gzip.compress(PCAP, mtime=0), "pcap (gzip)", 1),
        (zstandard.compress(PCAP), "pcap (zstd)", 1),
        (zipped(capture=PCAP), "pcap (zip)", 1),
    ],
)
def test_wrappings(put: Any, octets: bytes, said: str, packets: int) -> None:
    path = put(octets)
    assert count(path) == (said, packets)
    with open_capture(path, 0) as opened:
        assert opened.sha256 == hashlib.sha256(octets).hexdigest()
        assert opened.octets == len(octets)


def test_playwrights_zip() -> None:
    path = FIXTURES / "har-playwright-attach" / "session.har.zip"
    with zipfile.ZipFile(path) as made:
        (rows,) = (name for name in made.namelist() if name.endswith(".jsonl"))
        expected = len(made.read(rows).splitlines())
    assert count(path) == ("HAR (zip)", expected)


def test_what_is_cut_off_says_so(put: Any) -> None:
    path = put(gzip.compress(GOOD.read_bytes())[:-900])
    with open_capture(path, 0) as opened:
        assert 0 < len(messages(all_items(b"", opened.reader))) < 29
        codes = [anomaly.code for anomaly in opened.reader.anomalies]
        assert codes == [AnomalyCode.TRUNCATED, AnomalyCode.TRUNCATED]


def test_wrappings_have_an_end(put: Any) -> None:
    octets = GOOD.read_bytes()
    for _ in range(archive.LAYERS):
        octets = gzip.compress(octets)
    assert count(put(octets))[0] == "HAR (gzip in gzip in gzip)"
    with pytest.raises(CaptureError, match="cannot be unpacked"):
        open_capture(put(gzip.compress(octets)), 0)


LADDER = """@har
@url wss://finesse.example.test/ws/
0.0 C> <open xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>
"""


def test_a_ladder_is_told_by_its_name(put: Any) -> None:
    with open_capture(put(LADDER.encode(), "example.ladder"), 0) as opened:
        assert (opened.format, opened.kind) == ("ladder", Kind.LADDER)
        assert isinstance(opened.reader, LadderReader)
    for octets, name in ((LADDER.encode(), "example.txt"), (b"text", "example.ladder")):
        with pytest.raises(CaptureError, match="text and no recording"):
            open_capture(put(octets, name), 0)


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "given: the file is empty; record again"),
        (gzip.compress(b"", mtime=0), "given: this is a compressed file that cannot be unpacked"),
        (b"hello\n", "given: this is text and no recording"),
        (b"%PDF-1.7", "given: this is a PDF"),
        (b'{"a": 1}', "given: this is JSON but no HAR"),
        (gzip.compress(b"%PDF-1.7", mtime=0), "given: this is a PDF"),
        (zipped(a=b"hello"), "given: no file in the zip is a recording"),
        (b"CLIENT_RANDOM 00 11\n", "given: this is a TLS key log; give it with --keys"),
    ],
)
def test_what_is_no_recording(put: Any, octets: bytes, said: str) -> None:
    with pytest.raises(CaptureError) as caught:
        open_capture(put(octets), 0)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file"), "there is no such file"),
        (PermissionError(13, "Permission denied"), "you may not read this file"),
        (NotADirectoryError(20, "Not a directory"), "the file cannot be read: Not a directory"),
        (OSError("the other end has gone"), "the file cannot be read: the other end has gone"),
    ],
)
def test_why_a_file_cannot_be_read(error: OSError, said: str) -> None:
    assert refused(error) == said


@pytest.mark.parametrize("size", [1, formats.HASH_OCTETS, formats.HASH_OCTETS + 1])
def test_the_hash_is_that_of_the_whole_file(put: Any, size: int) -> None:
    body = http()
    body["response"]["content"]["text"] = "x" * size
    path = put(written(body))
    with open_capture(path, 0) as opened:
        assert opened.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_har_is_read_without_numpy() -> None:
    script = (
        "import sys; from pathlib import Path; from tests.capture.opened import open_capture\n"
        "with open_capture(Path(sys.argv[1]), 0) as opened: list(opened.reader.items())\n"
        "sys.exit('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(GOOD)], check=False, cwd=FIXTURES.parent
    )
    assert done.returncode == 0


def test_every_file_of_others_opens_or_says_why(shared: Path) -> None:
    opened = 0
    refused: list[str] = []
    for path in sorted([*(shared / "public-har").rglob("*"), *(shared / "public").rglob("*")]):
        if not path.is_file():
            continue
        try:
            with open_capture(path, 0) as found:
                if found.kind is Kind.HAR:
                    assert all(items for _, items in found.reader.items())
                    found.reader.facts()
                opened += 1
        except CaptureError as error:
            refused.append(str(error))
    assert opened > 300
    assert len(refused) > 3
    assert [line for line in refused if "\n" in line] == []


def test_json_of_a_har_inside_other_json_is_no_har(put: Any) -> None:
    octets = json.dumps({"attachment": json.dumps(log(http()))}).encode()
    with pytest.raises(CaptureError, match="JSON but no HAR"):
        open_capture(put(octets), 0)
