import numpy as np
import pytest

from analyzer.transport.octets import gather, words


def test_words_stand_in_network_order() -> None:
    data = np.frombuffer(bytes(range(16)), np.uint8)
    found = gather(data, np.array([1, 8]), 4)
    assert words(found, "u1").tolist() == [[1, 2, 3, 4], [8, 9, 10, 11]]
    assert words(found, "u2").tolist() == [[0x0102, 0x0304], [0x0809, 0x0A0B]]
    assert words(found, "u4").tolist() == [[0x01020304], [0x08090A0B]]


@pytest.mark.parametrize("length", [0, 3, 4, 7])
def test_what_lies_behind_the_data_reads_as_zero(length: int) -> None:
    data = np.frombuffer(bytes([9] * length), np.uint8)
    places = [0, 1, 3, 4, 6, 7, 900]
    found = words(gather(data, np.array(places), 4), "u1").tolist()
    whole = bytes([9] * length) + bytes(1_000)
    assert found == [list(whole[at : at + 4]) for at in places]
