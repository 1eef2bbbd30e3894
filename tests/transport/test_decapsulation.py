import pytest

from analyzer.transport.columns import Census, Segments

from .rewrapped import WRAPPINGS
from .segments import ACK, CLIENT, SERVER, segment, window_of

SIX = (("2001:db8::5", 40_000), ("2001:db8::6", 7_071))
PAYLOAD = bytes(range(256)) * 8


def decoded(packets: list[bytes], link_type: int) -> tuple[Segments, Census]:
    census = Census()
    return census.segments(window_of(packets, link_type=link_type)), census


def told(found: Segments) -> list[tuple[object, ...]]:
    """What a segment says, whatever was around it."""
    columns = ("source", "destination", "source_port", "destination_port", "sequence")
    more = ("acknowledgment", "flags", "window", "length")
    rows = zip(*(getattr(found, name).tolist() for name in (*columns, *more)), strict=True)
    spans = zip(found.at.tolist(), found.captured.tolist(), strict=True)
    return [
        (*row, found.data[at : at + size].tobytes())
        for row, (at, size) in zip(rows, spans, strict=True)
    ]


def plain(frame: bytes) -> list[tuple[object, ...]]:
    return told(decoded([frame], 1)[0])


@pytest.mark.parametrize("name", WRAPPINGS)
@pytest.mark.parametrize("ends", [(CLIENT, SERVER), SIX], ids=["4", "6"])
def test_a_segment_is_the_same_in_every_wrapping(
    name: str, ends: tuple[tuple[str, int], tuple[str, int]]
) -> None:
    frame = segment(*ends, 7, ACK, PAYLOAD, acknowledgment=9)
    link_type, packets = WRAPPINGS[name](frame)
    found, census = decoded(packets, link_type)
    assert told(found) == plain(frame)
    assert found.number.tolist() == [len(packets)]
    assert found.version.tolist() == [6 if ends is SIX else 4]
    assert census.undecoded == {}
    pieces = len(packets) > 1
    assert (census.fragments > 0) == pieces or "fragments" in name
