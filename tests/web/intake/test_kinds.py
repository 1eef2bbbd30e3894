import gzip
from pathlib import Path

import pytest

from analyzer.web.intake.kinds import WANTED_OCTETS, kind_of
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import FileKind
from tests.web.intake.forms import HAR, PCAP

FIXTURES = Path(__file__).parents[3] / "fixtures"


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (HAR, FileKind.HAR),
        (PCAP, FileKind.PACKETS),
        (b"CLIENT_RANDOM " + b"0a" * 32 + b" " + b"0b" * 48 + b"\n", FileKind.KEYS),
        (b"PK\3\4" + b"\0" * 30, FileKind.ARCHIVE),
        (gzip.compress(HAR), FileKind.PACKED),
    ],
)
def test_what_it_is(octets: bytes, kind: FileKind) -> None:
    assert kind_of(octets, "misnamed.png", whole=True) is kind


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.glob("*/session.har")), ids=lambda p: p.parent.name
)
def test_every_recording_is_taken(path: Path) -> None:
    octets = path.read_bytes()
    for head, whole in ((octets[:WANTED_OCTETS], False), (octets, True)):
        assert kind_of(head, path.name, whole=whole) is FileKind.HAR


def test_what_certainly_is_none() -> None:
    with pytest.raises(Problem) as caught:
        kind_of(b"%PDF-1.7\n", "trace.har", whole=False)
    assert caught.value.code is ProblemCode.NOT_A_CAPTURE
    assert caught.value.detail.startswith("this is a PDF; needed is a HAR or a packet capture")
    assert caught.value.values == {"name": "trace.har"}
