from analyzer.capture import blocks
from analyzer.capture.block_chain import BlockChain
from analyzer.capture.packet_blocks import PacketBlocks
from analyzer.capture.walk import walk
from tests.capture import written as w


def test_the_smallest_snap_length_is_that_of_an_interface_that_cut() -> None:
    parts = [
        w.packet(b"1234", number=0, original=9),
        w.packet(b"1234", number=1, original=9),
        w.packet(b"1234", number=2),
    ]
    data = b"".join(parts)
    chain = BlockChain(memoryview(data))
    chain.interfaces = [blocks.Interface(1, 96), blocks.Interface(1, 64), blocks.Interface(1, 4)]
    positions, _ = walk(chain, 0, len(data))
    packets = PacketBlocks(positions, chain.heads(positions), chain)
    assert packets.sane().tolist() == [True, True, True]
    assert packets.smallest_snaplen() == 64
    whole = PacketBlocks(positions[2:], chain.heads(positions[2:]), chain)
    assert whole.smallest_snaplen() == 0
