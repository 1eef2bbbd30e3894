import mmap
from pathlib import Path

from analyzer.capture import window
from analyzer.capture.pcap import PcapReader
from analyzer.model.limits import WINDOW_OCTETS
from tests.capture.test_pcap import rows
from tests.capture.written import START_S, pcap


def test_a_mapping_is_let_go_of_and_still_read_right(tmp_path: Path) -> None:
    packets = [(START_S + index / 1000, bytes([index % 256]) * 60_000) for index in range(900)]
    path = tmp_path / "large.pcap"
    path.write_bytes(pcap(packets))
    assert path.stat().st_size > WINDOW_OCTETS
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        reader = PcapReader(data)
        count = 0
        for part in reader.windows():
            found = rows(iter([part]))
            assert [octets for *_, octets in found] == [
                octets for _, octets in packets[count : count + len(part)]
            ]
            count += len(part)
            del part
        assert count == 900
        # A mapping can be closed only when nothing points into it any more.
        del reader


def test_only_whole_pages_are_let_go_of(tmp_path: Path) -> None:
    path = tmp_path / "two-pages"
    path.write_bytes(bytes(2 * mmap.PAGESIZE))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        assert window._let_go(data, 0, mmap.PAGESIZE - 1) == 0
        assert window._let_go(data, 0, mmap.PAGESIZE + 1) == mmap.PAGESIZE
    assert window._let_go(memoryview(b"no mapping"), 0, 10) == 0
