"""What the chain itself does is seen through snoop and ERF; here is what they do not reach."""

import numpy as np
import pytest

from analyzer.capture.record_chain import RecordChain


def test_a_chain_needs_a_format() -> None:
    chain = RecordChain(memoryview(b"x"))
    with pytest.raises(NotImplementedError):
        chain.heads(np.zeros(1, np.int64))
    with pytest.raises(NotImplementedError):
        chain.one_length(0)
    with pytest.raises(NotImplementedError):
        chain.stretch(np.zeros(1, np.int64), 1)
