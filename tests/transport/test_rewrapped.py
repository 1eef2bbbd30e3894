import subprocess
from pathlib import Path

import pytest

from tests.capture import written

from .rewrapped import WRAPPINGS, fragments
from .segments import ACK, SERVER, ethernet, ip_packet, segment, tcp_header

PAYLOAD = bytes(range(256)) * 4

NOT_READ = {8, 182, 281, 282, 284, 285}
"""Link types that tshark 4.0 refuses, or shows as data."""

UNNAMED = 147


def frames(number: int) -> list[bytes]:
    """By IPv4 and by IPv6, from a port that tells the number."""
    return [
        segment((host, 20_000 + number), (peer, SERVER[1]), 7, ACK, PAYLOAD)
        for host, peer in (("10.0.0.1", "10.0.0.2"), ("2001:db8::5", "2001:db8::6"))
    ]


def test_tshark_finds_the_segment_in_every_wrapping(tshark: str, tmp_path: Path) -> None:
    blocks, expected, packets = [written.section()], [], 0
    for number, wrapped in enumerate(WRAPPINGS.values()):
        for family, frame in enumerate(frames(number)):
            # By the manufacturer tshark tells an address from a control word.
            link_type, several = wrapped(bytes.fromhex("00000c01020300000c040506") + frame[12:])
            if link_type in NOT_READ:
                several, link_type = [b"?"], UNNAMED
            blocks.append(written.interface(link_type))
            blocks += [written.packet(one, number=2 * number + family) for one in several]
            packets += len(several)
            if link_type != UNNAMED:
                expected.append([str(packets), str(20_000 + number), "7", str(len(PAYLOAD))])
    path = tmp_path / "all.pcapng"
    path.write_bytes(b"".join(blocks))
    names = ("frame.number", "tcp.srcport", "tcp.seq_raw", "tcp.len")
    fields = [option for name in names for option in ("-e", name)]
    command = [tshark, "-r", str(path), "-Y", "tcp", "-T", "fields", *fields]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [line.split("\t") for line in run.stdout.splitlines()] == expected


@pytest.mark.parametrize("size", [8, 24, 512])
@pytest.mark.parametrize("hosts", [("10.0.0.1", "10.0.0.2"), ("::1", "::2")], ids=["4", "6"])
def test_fragments_hold_every_octet_once(size: int, hosts: tuple[str, str]) -> None:
    body = tcp_header((1, 2), 3, 4, ACK) + PAYLOAD
    frame = ethernet(ip_packet(hosts, body))
    head = 14 + (48 if ":" in hosts[0] else 20)
    cut = fragments(frame, size)
    assert b"".join(one[head:] for one in cut) == body
    assert {len(one) - head for one in cut[:-1]} <= {size}


def test_what_fits_is_not_cut() -> None:
    frame = frames(0)[0]
    assert fragments(frame, 4_096) == [frame]
