import numpy as np

from analyzer.transport import layers
from analyzer.transport.decapsulation import PEELERS
from analyzer.transport.layers import (
    IPV4,
    IPV6,
    NO_PROTOCOL,
    Layer,
    chosen,
    joined,
    little_at,
    number_at,
    octets_at,
    plain,
    renamed,
)
from analyzer.transport.octets import Octets

from .segments import window_of


def layer_of(*packets: bytes, kind: int = layers.ETHERNET) -> tuple[Octets, Layer]:
    """Packets that have been read up to their beginning."""
    window = window_of(packets)
    ends = window.start + window.captured, window.start + window.original
    rows = np.arange(len(packets))
    return window.data, Layer(rows, window.start, np.full(len(packets), kind), *ends)


def peeled(kind: int, packet: bytes) -> list[tuple[int, int]]:
    """How many octets each row is behind the packet's beginning, and what stands there."""
    data, layer = layer_of(packet, kind=kind)
    before = layer.at.copy()
    found = PEELERS[kind](data, layer)
    assert layer.at.tolist() == before.tolist()
    assert set(found.packet.tolist()) <= {0}
    return list(zip((found.at - before[0]).tolist(), found.kind.tolist(), strict=True))


def test_kinds_that_are_no_numbers_of_others_have_names() -> None:
    own = {
        value
        for name, value in vars(layers).items()
        if name.isupper() and isinstance(value, int) and layers.OWN <= value < layers.KINDS
    } - {layers.OWN}
    assert own <= set(layers.NAMES)
    assert set(layers.NAMES) - own <= {layers.ETHERNET}
    assert max(PEELERS) < layers.KINDS


def test_rows_are_joined() -> None:
    _, first = layer_of(b"a", b"bc")
    _, second = layer_of(b"def", kind=IPV4)
    both = joined([first, second])
    assert len(both) == 3
    assert both.packet.tolist() == [0, 1, 0]
    assert both.kind.tolist() == [layers.ETHERNET, layers.ETHERNET, IPV4]
    assert (both.end - both.at).tolist() == [1, 2, 3]
    assert joined([first]) is first
    assert len(joined([])) == 0
    assert both.take(np.array([2])).kind.tolist() == [IPV4]


def test_peelers_are_made_of_functions() -> None:
    data, layer = layer_of(b"a", b"b")
    found = plain(lambda _, start: (start + 1, np.array([IPV4, IPV6])))(data, layer)
    assert (found.at - layer.at).tolist() == [1, 1]
    assert found.kind.tolist() == [IPV4, IPV6]
    assert renamed(IPV6)(data, layer).kind.tolist() == [IPV6, IPV6]


def test_numbers() -> None:
    data, layer = layer_of(b"\x01\x02\x03\x04", b"\xff\xfe\xfd\xfc")
    assert octets_at(data, layer.at, 2).tolist() == [[1, 2], [255, 254]]
    assert number_at(data, layer.at, 4).tolist() == [0x01020304, 0xFFFEFDFC]
    assert little_at(data, layer.at, 2).tolist() == [0x0201, 0xFEFF]
    assert little_at(data, layer.at, 4).tolist() == [0x04030201, 0xFCFDFEFF]
    kinds = chosen(np.array([1, 2, 3]), {1: IPV4, 3: IPV6}, NO_PROTOCOL)
    assert kinds.tolist() == [IPV4, NO_PROTOCOL, IPV6]
