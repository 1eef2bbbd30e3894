"""Names for files, made of the names of others."""

import pytest

from analyzer.report.filename import input_name, stem
from tests.report.reports import har_recording, refused


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("session.har", "session"),
        ("Case 7.PCAPNG.gz", "Case_7"),
        ("../../etc/passwd", "_.._etc_passwd"),
        (".har", "capture"),
        ("-rf /.har", "rf__"),
        ("a" * 300, "a" * 80),
        ("\ud800", "_"),
    ],
)
def test_a_name_is_fit_for_a_file(name: str, expected: str) -> None:
    report = refused(recordings=(har_recording(name=name),))
    assert input_name(report, 80) == expected
    assert stem(report) == f"{expected}-abababab"


def test_no_name_is_too_long_for_a_file_system() -> None:
    report = refused(recordings=(har_recording(name="漢" * 300),))
    assert len(stem(report).encode()) < 200
