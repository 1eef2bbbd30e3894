"""What the chain itself does is seen through snoop and ERF: neither can do without its format."""

import pytest

from analyzer.capture.record_chain import RecordChain, RecordReader


def test_a_chain_needs_a_format() -> None:
    for kind in (RecordChain, RecordReader):
        with pytest.raises(TypeError, match="abstract"):
            kind(b"x")  # type: ignore[abstract,arg-type,call-arg]
