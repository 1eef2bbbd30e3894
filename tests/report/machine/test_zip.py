"""The archive: all that a case needs, octet for octet the same each time."""

import io
import zipfile

import pytest
from msgspec.structs import replace

from analyzer.report.formats import RENDERERS
from analyzer.report.language.words import LANGUAGES
from analyzer.report.machine.zip import render
from analyzer.report.redaction.redact import redact
from tests.report.reports import har_recording, packet_recording, refused


def archive(octets: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(octets))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_holds_what_the_formats_give(language: str) -> None:
    redacted = redact(refused())
    with archive(render(redacted, language)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [
            f"session-abababab.{kind}" for kind in ("html", "md", "svg", "json", "ndjson")
        ]
        for name in opened.namelist():
            expected = RENDERERS[name.rpartition(".")[2]](redacted, language)
            assert opened.read(name).decode() == expected


def test_it_tells_nothing_of_when_and_where() -> None:
    octets = render(redact(refused()), "en")
    assert octets == render(redact(refused()), "en")
    for member in archive(octets).infolist():
        assert member.date_time == (1980, 1, 1, 0, 0, 0)
        assert (member.create_system, member.external_attr >> 16) == (3, 0o644)
        assert not member.extra
        assert not member.comment


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "/etc/passwd", "C:\\Windows\\x.har", "..", ".", "", "a\0b", "CON"),
        *('a/b\\c:d*e?f"g<h>i|j', "\u202egpj.har", "-rf", "~", "漢" * 300, "\ud800"),
    ],
)
def test_names_stay_where_they_are_put(name: str) -> None:
    recordings = (har_recording(name=name), packet_recording())
    report = replace(refused(), recordings=recordings)
    for member in archive(render(redact(report), "en")).namelist():
        assert not set(member) & set('/\\:*?"<>|\0\u202e')
        assert not member.startswith((".", "~"))
        assert len(member.encode()) < 255
