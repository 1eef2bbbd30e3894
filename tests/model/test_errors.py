"""An error is one line that says what, where and what was tried."""

from analyzer.model.errors import AnalyzerError, CaptureError


def test_capture_error_is_one_line() -> None:
    error = CaptureError("a.har", "is empty; export it again", offset=12, tried=("HAR", "pcap"))
    assert isinstance(error, AnalyzerError)
    assert str(error) == "a.har: is empty; export it again (at octet 12); tried HAR, pcap"
    assert str(CaptureError("a", "b")) == "a: b"
