import io
import json
import struct
from pathlib import Path

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import pcapng
from analyzer.capture.block_chain import MAGIC
from analyzer.capture.pcapng import PcapngReader
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.limits import PACKET_OPTIONS
from tests.capture import written as w
from tests.capture.test_pcap import rows

ROOT = Path(__file__).resolve().parents[2]

Rows = list[tuple[int, int, int, bytes]]


def read(data: bytes) -> tuple[Rows, PcapngReader]:
    reader = PcapngReader(memoryview(data))
    return rows(reader.windows()), reader


def octets_of(found: Rows) -> list[bytes]:
    return [octets for *_, octets in found]


@pytest.mark.parametrize(
    "path",
    # Not all that is called so is one.
    sorted(p for p in ROOT.glob("fixtures/*/*.pcapng") if p.read_bytes()[:1] == b"\n"),
    ids=lambda p: str(p)[-40:],
)
def test_real_recordings_as_dpkt_reads_them(path: Path) -> None:
    data = path.read_bytes()
    found, reader = read(data)
    theirs = list(dpkt.pcapng.Reader(io.BytesIO(data)))
    assert octets_of(found) == [octets for _, octets in theirs]
    # dpkt's time is a float of seconds
    assert [time / 1e9 for _, time, *_ in found] == pytest.approx([s for s, _ in theirs], abs=1e-6)
    assert reader.anomalies == []


@pytest.mark.parametrize("order", ["<", ">"])
def test_all_packet_blocks(order: str) -> None:
    ticks = w.START_S * 10**6 + 7
    data = (
        w.section(order)
        + w.interface(order=order)
        + w.packet(b"enhanced", ticks, order=order)
        + w.simple(b"simple", order=order)
        + w.obsolete(b"obsolete", 3, ticks, order=order)
        + w.obsolete(b"unknown drops", 0xFFFF, ticks, order=order)
    )
    found, reader = read(data)
    assert octets_of(found) == [b"enhanced", b"simple", b"obsolete", b"unknown drops"]
    assert [time for _, time, *_ in found] == [ticks * 1000, -1, ticks * 1000, ticks * 1000]
    assert reader.facts().dropped == 3
    assert reader.anomalies == []


def test_a_simple_packet_is_cut_at_the_snap_length() -> None:
    data = w.section() + w.interface(snaplen=5) + w.simple(b"123456789"[:5], 9)
    found, reader = read(data)
    assert [(original, octets) for _, _, original, octets in found] == [(9, b"12345")]
    assert (reader.facts().cut, reader.facts().snaplen) == (1, 5)


def test_each_interface_has_its_own_clock_and_link_type() -> None:
    ns = w.interface(options=w.option(9, b"\x09"))
    binary = w.interface(101, options=w.option(9, b"\x94") + w.option(14, struct.pack("<q", 100)))
    data = (
        w.section()
        + w.interface(113)
        + ns
        + binary
        + w.packet(b"a", 5_000_000, number=0)
        + w.packet(b"b", 7_000_000_001, number=1)
        + w.packet(b"c", 3 << 19, number=2)
    )
    reader = PcapngReader(memoryview(data))
    (window,) = reader.windows()
    assert window.link_type.tolist() == [113, 1, 101]
    assert window.time_ns.tolist() == [5 * 10**9, 7_000_000_001, 101_500_000_000]


def test_each_section_has_its_own_interfaces_and_byte_order() -> None:
    data = (
        w.section("<")
        + w.interface(1)
        + w.packet(b"first")
        + w.section(">")
        + w.interface(113, order=">")
        + w.packet(b"second", order=">")
        + w.section("<")
    )
    found, reader = read(data)
    assert octets_of(found) == [b"first", b"second"]
    assert reader.anomalies == []


def test_comments_of_sections_interfaces_and_packets() -> None:
    data = (
        w.section(options=w.option(1, b"of the section\0") + w.option(0, b""))
        + w.interface(options=w.option(1, b"of the interface"))
        + w.packet(b"abc", options=w.option(2, b"flag") + w.option(1, b"of the packet"))
        + w.packet(b"abc")
    )
    _, reader = read(data)
    assert reader.facts().comments == ("of the section", "of the interface", "of the packet")


def test_comments_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcapng, "COMMENTS", 2)
    monkeypatch.setattr(pcapng, "COMMENT_OCTETS", 4)
    comments = b"".join(w.option(1, text) for text in (b"abcdefgh", b"two", b"three"))
    _, reader = read(w.section() + w.interface(options=comments))
    assert reader.facts().comments == ("abcd", "two")
    assert [a.values["limit"] for a in reader.anomalies] == ["COMMENT_OCTETS", "COMMENTS"]


def test_options_of_a_packet_are_bounded() -> None:
    data = w.section() + w.interface() + w.packet(b"abcd", options=w.option(2, b"1234") * 100)
    found, reader = read(data)
    assert octets_of(found) == [b"abcd"]
    assert [a.values for a in reader.anomalies] == [
        {"limit": "PACKET_OPTIONS", "value": PACKET_OPTIONS}
    ]


def test_exactly_as_many_options_as_allowed_are_no_excess() -> None:
    options = w.option(2, b"1234") * PACKET_OPTIONS
    _, reader = read(w.section() + w.interface() + w.packet(b"abcd", options=options))
    assert reader.anomalies == []


def test_dropped_packets() -> None:
    def statistics(number: int, *options: bytes) -> bytes:
        return w.block(w.ISB, struct.pack("<III", number, 0, 0) + b"".join(options))

    counted = w.option(5, struct.pack("<Q", 2)), w.option(7, struct.pack("<Q", 1))
    data = (
        w.section()
        + w.interface()
        + w.interface()
        + statistics(0, w.option(5, struct.pack("<Q", 1)))
        + statistics(0, *counted)
        + statistics(1, w.option(5, struct.pack("<Q", 5)), w.option(4, bytes(8)))
        + statistics(1)
    )
    _, reader = read(data)
    # The counts of one interface run on: 3 is its last.
    assert reader.facts().dropped == 8
    data += w.packet(b"x", options=w.option(4, struct.pack("<Q", 100)))
    assert read(data)[1].facts().dropped == 100


def test_tls_keys_are_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def keys(content: bytes, kind: int = 0x544C534B) -> bytes:
        return w.block(w.DSB, struct.pack("<II", kind, len(content)) + content)

    data = w.section() + keys(b"CLIENT_RANDOM 1 2\n") + keys(b"other", 1) + keys(b"late")
    _, reader = read(data)
    assert reader.key_log == [b"CLIENT_RANDOM 1 2\n", b"late"]
    assert reader.facts().key_blocks == 3
    monkeypatch.setattr(pcapng, "KEY_LOG_OCTETS", 20)
    _, reader = read(data)
    assert reader.key_log == [b"CLIENT_RANDOM 1 2\n"]
    assert [a.code for a in reader.anomalies] == [AnomalyCode.LIMIT]


def test_unknown_blocks_are_passed_over() -> None:
    data = (
        w.section()
        + w.interface()
        + w.block(0x0BAE, b"unknown")
        + w.block(w.NRB, struct.pack("<HH", 0, 0))
        + w.packet(b"x")
    )
    found, reader = read(data)
    assert octets_of(found) == [b"x"]
    assert reader.anomalies == []


def test_blocks_that_wireshark_numbers_have_a_number() -> None:
    data = (
        w.section()
        + w.block(0x0BAD, b"custom")
        + w.interface()
        + w.packet(b"x")
        + w.block(9, b"__CURSOR=1")
        + w.packet(b"y")
    )
    reader = PcapngReader(memoryview(data))
    (window,) = reader.windows()
    assert window.link_type.tolist() == [-1, 1, -1, 1]
    assert window.captured.tolist() == [0, 1, 0, 1]
    assert window.time_ns.tolist() == [-1, w.START_S * 10**9, -1, w.START_S * 10**9]
    assert reader.anomalies == []


def test_packets_that_contradict_their_block_are_damage() -> None:
    wrong = bytearray(w.packet(b"longer than its block"))
    wrong[20:24] = struct.pack("<I", 4000)
    data = w.section() + w.interface() + w.packet(b"a") + bytes(wrong) + w.packet(b"b")
    found, reader = read(data)
    assert octets_of(found) == [b"a", b"b"]
    assert [a.code for a in reader.anomalies] == [AnomalyCode.DAMAGED]
    found, reader = read(w.section() + w.packet(b"of no interface"))
    assert found == []
    assert [a.code for a in reader.anomalies] == [AnomalyCode.DAMAGED]
    assert read(w.section() + w.simple(b"of no interface"))[0] == []


def test_a_file_cut_anywhere_keeps_the_whole_packets_before() -> None:
    blocks = [w.section(), w.interface(), *(w.packet(b"x" * n) for n in range(1, 12))]
    data = b"".join(blocks)
    ends = [sum(map(len, blocks[: n + 1])) for n in range(len(blocks))]
    for cut in range(ends[0], len(data) + 1):
        found, reader = read(data[:cut])
        assert len(found) == sum(end <= cut for end in ends[2:])
        codes = [a.code for a in reader.anomalies]
        assert codes == ([] if cut in ends else [AnomalyCode.TRUNCATED])


def test_reading_goes_on_behind_damage() -> None:
    before = w.section() + w.interface() + w.packet(b"before") * 3
    for rest in (w.packet(b"after") * 3, w.section() + w.interface() + w.packet(b"after") * 3):
        found, reader = read(before + b"\xff" * 123 + rest)
        assert octets_of(found) == [b"before"] * 3 + [b"after"] * 3
        assert [(a.code, a.values["octets"]) for a in reader.anomalies] == [
            (AnomalyCode.DAMAGED, 123)
        ]
    found, reader = read(before + b"\xff" * 200_000)
    assert octets_of(found) == [b"before"] * 3
    assert [a.code for a in reader.anomalies] == [AnomalyCode.DAMAGED]


def test_a_large_file_is_read_in_stripes() -> None:
    octets = [bytes([n % 251]) * (n % 700) for n in range(20_000)]
    data = w.section() + w.interface() + b"".join(w.packet(o) for o in octets)
    found, reader = read(data)
    assert octets_of(found) == octets
    assert reader.anomalies == []


def test_a_capture_inside_a_packet_deceives_nobody() -> None:
    inner = w.section() + w.interface() + w.packet(b"y" * 60) * 2000
    data = w.section() + w.interface() + (w.packet(b"a") + w.packet(inner)) * 10
    found, reader = read(data)
    assert octets_of(found) == [b"a", inner] * 10
    assert reader.anomalies == []


@given(st.binary(max_size=400))
def test_noise_neither_raises_nor_loses_what_came_before(noise: bytes) -> None:
    found, _ = read(w.section() + w.interface() + w.packet(b"kept") + noise)
    assert octets_of(found)[0] == b"kept"


@given(st.data())
def test_a_changed_octet_never_raises(data: st.DataObject) -> None:
    whole = bytearray(
        w.section(options=w.option(1, b"comment"))
        + w.interface(options=w.option(9, b"\x09"))
        + w.packet(b"enhanced", options=w.option(1, b"comment"))
        + w.simple(b"simple")
        + w.obsolete(b"obsolete", 1)
        + w.block(w.DSB, struct.pack("<II", 0x544C534B, 4) + b"keys")
        + w.block(w.ISB, struct.pack("<III", 0, 0, 0) + w.option(5, bytes(8)))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _, reader = read(bytes(whole))
    reader.facts()


def test_packet_counts_of_others_captures(shared: Path) -> None:
    checked = 0
    for fact in sorted((shared / "public/expected").glob("*.json")):
        facts = json.loads(fact.read_bytes())
        path = shared / "public/captures" / facts["file"]
        data = path.read_bytes() if path.exists() else b""
        if data.startswith(MAGIC):
            assert (path.name, len(read(data)[0])) == (path.name, facts["packets"])
            checked += 1
    assert checked > 20


LINE = b"CLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48 + b"\n"


def key_block(content: bytes, order: str = "<") -> bytes:
    body = struct.pack(order + "II", 0x544C534B, len(content)) + content
    return w.block(w.DSB, body, order)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("count", [1, 3000])
def test_keys_behind_their_packets_are_there_before_the_first(order: str, count: int) -> None:
    packets = b"".join(w.packet(bytes([i % 256]) * 99, order=order) for i in range(count))
    parts = (packets, key_block(LINE, order), packets, key_block(b"last", order), packets)
    data = w.section(order) + w.interface(order=order) + b"".join(parts)
    reader = PcapngReader(memoryview(data))
    windows = reader.windows()
    next(windows)
    assert reader.key_log == [LINE, b"last"]
    for _ in windows:
        pass
    assert reader.key_log == [LINE, b"last"]
    assert (reader.facts().key_blocks, reader.facts().packets) == (2, 3 * count)
    assert reader.anomalies == []


def test_what_only_looks_like_a_block_of_keys_holds_none() -> None:
    inner = key_block(LINE)
    data = w.section() + w.interface() + w.packet(inner) + w.packet(b"x") + key_block(b"true")
    _, reader = read(data)
    assert reader.key_log == [b"true"]
    assert reader.facts().key_blocks == 1


def test_keys_in_another_byte_order_than_the_first_section() -> None:
    data = w.section() + w.interface() + w.packet(b"x") + w.section(">") + key_block(LINE, ">")
    assert read(data)[1].key_log == [LINE]


@pytest.mark.parametrize("where", ["section", "interface", "packet"])
def test_keys_in_comments(where: str) -> None:
    text = {name: w.option(1, b"a note") for name in ("section", "interface", "packet")}
    text[where] = w.option(1, b"keys:\n" + LINE + LINE)
    data = b"".join(
        (
            w.section(options=text["section"]),
            w.interface(options=text["interface"]),
            *(w.packet(bytes(99)) for _ in range(2000)),
            w.packet(b"x", options=text["packet"]),
        )
    )
    reader = PcapngReader(memoryview(data))
    next(reader.windows())
    assert reader.key_log == [b"keys:\n" + LINE + LINE]
    reader = PcapngReader(memoryview(data))
    for _ in reader.windows():
        pass
    assert len(reader.key_log) == 1
    assert reader.facts().key_blocks == 0
    assert sorted(reader.facts().comments) == ["(a TLS key log)", "a note", "a note"]
