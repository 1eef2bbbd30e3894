"""Limits of a form: SECURITY.md row 16, as far as they concern what is in the body."""

import hashlib
import stat
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from analyzer.web.intake.arriving import FIELD_OCTETS, FIELDS, OVERHEAD_OCTETS, PIECE_OCTETS
from analyzer.web.intake.kinds import WANTED_OCTETS
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import FileKind
from tests.web.intake.forms import HAR, PCAP, Client, chosen, contents, form, part, typed

LONG_HAR = HAR + b" " * (3 * PIECE_OCTETS)


def test_fields_and_files(sender: Client) -> None:
    upload = sender.send(
        form(
            typed("number", "SR 42"),
            typed("notes", "first\r\nsecond ü"),
            chosen("a.har"),
            chosen("../b.pcap", PCAP),
        )
    )
    assert upload.fields == {"number": "SR 42", "notes": "first\nsecond ü"}
    assert contents(upload) == [("a.har", HAR), ("b.pcap", PCAP)]
    assert [file.kind for file in upload.files] == [FileKind.HAR, FileKind.PACKETS]
    assert [file.octets for file in upload.files] == [len(HAR), len(PCAP)]
    assert [file.sha256 for file in upload.files] == [
        hashlib.sha256(octets).hexdigest() for octets in (HAR, PCAP)
    ]


def test_files_are_ours_by_name_and_by_mode(sender: Client) -> None:
    upload = sender.send(form(chosen("secret-name.har"), chosen("secret-name.har")))
    assert len({file.path for file in upload.files}) == 2
    for file in upload.files:
        path = Path(file.path)
        assert path.parent == sender.incoming.folder
        assert "secret" not in path.name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sender.incoming.discard(upload.files)
    assert sender.left() == []


def test_fields_behind_files_are_fields(sender: Client) -> None:
    upload = sender.send(form(chosen("a.har"), typed("number", "1")))
    assert upload.fields == {"number": "1"}


def test_a_file_of_several_pieces(sender: Client) -> None:
    body = form(chosen("a.har", LONG_HAR))
    upload = sender.send(*(body[at : at + 65_536] for at in range(0, len(body), 65_536)))
    assert contents(upload) == [("a.har", LONG_HAR)]


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("base", [WANTED_OCTETS, PIECE_OCTETS, 2 * PIECE_OCTETS])
def test_lengths_about_those_at_which_something_happens(
    sender: Client, base: int, more: int
) -> None:
    octets = HAR + b" " * (base + more - len(HAR))
    assert contents(sender.send(form(chosen("a.har", octets)))) == [("a.har", octets)]


class TestFields:
    def test_are_looked_at_before_files(self, sender: Client) -> None:
        told: list[object] = []

        def before_files(fields: Mapping[str, str]) -> None:
            told.append(dict(fields))
            assert sender.left() == []

        body = form(typed("csrf", "x"), typed("number", "1"), chosen("a.har"), chosen("b.har"))
        sender.send(body, before_files=before_files)
        assert told == [{"csrf": "x", "number": "1"}]

    def test_are_looked_at_also_where_no_file_comes(self, sender: Client) -> None:
        told: list[Mapping[str, str]] = []
        sender.send(form(typed("number", "1")), before_files=told.append)
        assert told == [{"number": "1"}]

    def test_whoever_looks_at_them_may_refuse(self, sender: Client) -> None:
        def refuse(fields: Mapping[str, str]) -> None:
            raise Problem(ProblemCode.CSRF)

        pieces = [form(chosen("a.har"))[:-20], b"x" * 1000, b"y" * 1000]
        with pytest.raises(Problem) as caught:
            sender.send(*pieces, before_files=refuse)
        assert caught.value.code is ProblemCode.CSRF
        assert sender.left() == []
        assert sender.taken == len(pieces[0])

    @pytest.mark.parametrize("name", ["notes", "n" * 1000])
    def test_all_together_are_limited(self, sender: Client, name: str) -> None:
        room = FIELD_OCTETS - len(name) - len("a" + "1")
        assert sender.send(form(typed("a", "1"), typed(name, "x" * room))).fields[name]
        body = form(typed("a", "1"), typed(name, "x" * (room + 1)), chosen("a.har"))
        problem = sender.refused(body)
        assert problem.code is ProblemCode.TOO_LARGE
        assert problem.values == {}, "the limit of a page is that of files"

    def test_a_name_counts_before_anything_of_the_field_comes(self, sender: Client) -> None:
        parts = [typed(f"{number}{'n' * 4000}", "") for number in range(40)]
        assert sender.refused(form(*parts)).code is ProblemCode.TOO_LARGE

    @pytest.mark.parametrize("value", [b"\xff\xfe", b"a\0b", b"\xed\xa0\x80"])
    def test_no_text(self, sender: Client, value: bytes) -> None:
        assert sender.refused(form(typed("notes", value))).code is ProblemCode.BAD_FORM

    def test_twice_the_same(self, sender: Client) -> None:
        body = form(typed("number", "1"), typed("number", "2"))
        assert sender.refused(body).code is ProblemCode.BAD_FORM


class TestFiles:
    def test_nothing_chosen_is_no_file_and_no_error(self, sender: Client) -> None:
        upload = sender.send(form(typed("number", "1"), chosen("", b"")))
        assert upload.files == ()
        assert upload.fields == {"number": "1"}

    def test_nothing_chosen_beside_a_file(self, sender: Client) -> None:
        upload = sender.send(form(chosen("", b""), chosen("a.har")))
        assert contents(upload) == [("a.har", HAR)]

    def test_octets_without_a_name(self, sender: Client) -> None:
        assert contents(sender.send(form(chosen("", HAR)))) == [("capture", HAR)]

    def test_an_empty_file(self, sender: Client) -> None:
        problem = sender.refused(form(chosen("a.har"), chosen("x/b.har", b"")))
        assert problem.code is ProblemCode.EMPTY_FILE
        assert problem.values == {"name": "b.har"}

    @pytest.mark.parametrize("excess", [1, 3 * PIECE_OCTETS])
    def test_one_that_is_too_long(self, sender: Client, excess: int) -> None:
        limited = sender.limited(max_file=len(LONG_HAR))
        assert limited.send(form(chosen("a.har", LONG_HAR))).files[0].octets == len(LONG_HAR)
        sender.incoming.sweep(None)
        body = form(chosen("a.har"), chosen("b.har", LONG_HAR + b" " * excess))
        pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
        problem = limited.refused(*pieces)
        assert problem.code is ProblemCode.TOO_LARGE
        assert problem.values == {"name": "b.har", "limit": len(LONG_HAR)}
        assert limited.taken < 2 * len(LONG_HAR) + 65_536 * 2

    def test_all_that_are_too_long_together(self, sender: Client) -> None:
        limited = sender.limited(max_case=3 * len(HAR))
        parts = [chosen(f"{number}.har") for number in range(4)]
        assert len(limited.send(form(*parts[:3])).files) == 3
        sender.incoming.sweep(None)
        problem = limited.refused(form(*parts))
        assert problem.code is ProblemCode.TOO_LARGE
        assert problem.values == {"limit": 3 * len(HAR)}

    def test_too_many(self, sender: Client) -> None:
        limited = sender.limited(max_files=3)
        parts = [chosen(f"{number}.har") for number in range(4)]
        assert len(limited.send(form(*parts[:3])).files) == 3
        sender.incoming.sweep(None)
        problem = limited.refused(form(*parts))
        assert problem.code is ProblemCode.TOO_MANY_FILES
        assert problem.values == {"limit": 3}

    @pytest.mark.parametrize(
        "one",
        [
            lambda number: chosen(f"{number}.har"),
            lambda number: chosen("", b""),
            lambda number: typed(str(number), ""),
        ],
        ids=["files", "nothing chosen", "fields"],
    )
    def test_ten_thousand_parts(self, sender: Client, one: object) -> None:
        assert callable(one)
        begun = time.process_time()
        body = form(*map(one, range(10_000)))
        problem = sender.refused(*(body[at : at + 65_536] for at in range(0, len(body), 65_536)))
        assert problem.code is ProblemCode.TOO_MANY_FILES
        assert time.process_time() - begun < 5
        assert sender.taken <= 65_536
        assert sender.settings.max_files + FIELDS < 10_000

    def test_a_picture_is_refused_before_it_has_come(self, sender: Client) -> None:
        body = form(chosen("trace.har", b"\x89PNG\r\n\x1a\n" + bytes(8 * PIECE_OCTETS)))
        problem = sender.refused(*(body[at : at + 65_536] for at in range(0, len(body), 65_536)))
        assert problem.code is ProblemCode.NOT_A_CAPTURE
        assert problem.values == {"name": "trace.har"}
        assert problem.detail.startswith("this is a picture")
        assert sender.taken == 65_536

    @pytest.mark.parametrize("mime", ["image/png", "text/html", "application/json; x=\xe4", ""])
    def test_what_the_client_says_of_a_type_is_not_believed(
        self, sender: Client, mime: str
    ) -> None:
        disposition = 'Content-Disposition: form-data; name="x"; filename="a.png"'
        upload = sender.send(form(part(HAR, disposition, f"Content-Type: {mime}")))
        assert upload.files[0].kind is FileKind.HAR

    def test_an_html_page_called_a_capture(self, sender: Client) -> None:
        problem = sender.refused(form(chosen("a.har", b"<html><script>alert(1)</script>")))
        assert problem.code is ProblemCode.NOT_A_CAPTURE

    def test_no_secret_of_a_name_is_told(self, sender: Client) -> None:
        problem = sender.refused(form(chosen("password=hunter22 .png", b"\x89PNG\r\n\x1a\n")))
        assert "hunter22" not in f"{problem.values}{problem.detail}{problem!r}"


def test_what_is_neither_field_nor_file_is_counted(sender: Client) -> None:
    limited = sender.limited(max_case=1000)
    epilogue = [b"x" * 65_536] * (OVERHEAD_OCTETS // 65_536 + 1)
    problem = limited.refused(form(chosen("a.har")), *epilogue)
    assert problem.code is ProblemCode.TOO_LARGE
