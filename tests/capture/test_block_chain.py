import struct

from analyzer.capture.block_chain import BlockChain
from tests.capture import written as w


def test_a_section_header_needs_its_magic_and_equal_lengths() -> None:
    whole = w.section(">")
    for data, length in (
        (whole, len(whole)),
        (w.section("<"), len(whole)),
        (whole[:8] + b"\0\0\0\0" + whole[12:], 0),
        (whole[:-1] + b"\1", 0),
        (whole[:11], 0),
        (w.interface(), 0),
    ):
        assert BlockChain(memoryview(data)).section_header(0) == length


def test_a_guess_is_a_packet_that_a_block_follows() -> None:
    mark = struct.pack("<I", 6)
    data = bytes(8) + mark + mark + w.packet(b"x") + w.packet(b"y")
    chain = BlockChain(memoryview(data))
    assert chain.guess(4, len(data)) == 16
    # Nothing follows the first: it is no guess, but the last one ends the file.
    data = w.packet(b"x") + b"zzzz" + w.packet(b"y")
    assert BlockChain(memoryview(data)).guess(0, len(data)) == len(w.packet(b"x")) + 4
    assert BlockChain(memoryview(data[:-4])).guess(0, len(data)) == -1


def test_a_block_says_its_length_twice() -> None:
    whole = w.packet(b"x")
    for data, length in (
        (whole, len(whole)),
        (whole[:-4] + struct.pack("<I", len(whole) + 4), 0),
        (whole[:4] + struct.pack("<I", 13) + whole[8:], 0),
        (whole[:-1], 0),
        (whole[:8], 0),
        (w.section("<"), 0),
    ):
        assert BlockChain(memoryview(data)).length(0) == length
