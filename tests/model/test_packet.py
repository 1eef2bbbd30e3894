"""A window is as long as its columns."""

import numpy as np

from analyzer.model.packet import PacketWindow


def test_length() -> None:
    column = np.arange(3, dtype=np.int64)
    window = PacketWindow(
        data=np.zeros(3, dtype=np.uint8),
        first=1,
        start=column,
        captured=column,
        original=column,
        time_ns=column,
        link_type=column,
    )
    assert len(window) == 3
