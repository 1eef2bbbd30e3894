import pytest

from .rewrapped import WRAPPINGS
from .segments import ACK, CLIENT, SERVER, segment

FRAMES = [
    segment(CLIENT, SERVER, 7, ACK, b"0123456789" * 10),
    segment(("2001:db8::5", 1), ("2001:db8::6", 2), 7, ACK, b"0123456789" * 10),
]


@pytest.mark.parametrize("name", WRAPPINGS)
@pytest.mark.parametrize("frame", FRAMES, ids=["4", "6"])
def test_every_octet_of_the_payload_is_there(name: str, frame: bytes) -> None:
    _, packets = WRAPPINGS[name](frame)
    assert packets
    assert all(packets)
    if len(packets) == 1:
        assert b"0123456789" * 10 in packets[0]
    else:
        assert sum(map(len, packets)) > len(frame)
