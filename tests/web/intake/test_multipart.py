import itertools
import logging
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.web.intake.multipart import (
    HEADER_OCTETS,
    HEADERS,
    Multipart,
    PartBegins,
    PartEnds,
    Piece,
)
from analyzer.web.problems import Problem, ProblemCode
from tests.web.intake.forms import BOUNDARY, chosen, encoded, form, part, typed

TYPE = f"multipart/form-data; boundary={BOUNDARY}"

Part = tuple[str, str | None, bytes]
"""Name, file name, octets."""


def parts(pieces: Sequence[bytes], content_type: str = TYPE) -> list[Part]:
    form = Multipart(content_type)
    events: list[Piece] = list(itertools.chain.from_iterable(map(form.feed, pieces)))
    form.finish()
    found: list[Part] = []
    name, filename, octets = "", None, b""
    for event in events:
        if isinstance(event, PartBegins):
            name, filename, octets = event.name, event.filename, b""
        elif isinstance(event, PartEnds):
            found.append((name, filename, octets))
        else:
            octets += event
    return found


def problem(pieces: Sequence[bytes], content_type: str = TYPE) -> ProblemCode:
    with pytest.raises(Problem) as caught:
        parts(pieces, content_type)
    return caught.value.code


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({place % (len(body) + 1) for place in places})
    return [body[a:b] for a, b in itertools.pairwise([0, *ends, len(body)])]


# What nearly is a boundary is where parsers fail.
LIKE_BOUNDARIES = st.lists(
    st.sampled_from(
        [
            b"\r",
            b"\n",
            b"-",
            b"--",
            b"\r\n--",
            BOUNDARY.encode()[:5],
            b"--\r\n",
            b"\0",
            b"\xff",
            b"x",
        ]
    ),
    max_size=30,
).map(b"".join)

OCTETS = (st.binary(max_size=300) | LIKE_BOUNDARIES).filter(
    lambda octets: b"--" + BOUNDARY.encode() not in octets
)

NAMES = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='"\\'),
    min_size=1,
    max_size=40,
)

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=50).filter(
    lambda text: BOUNDARY not in text
)


@given(
    st.dictionaries(NAMES, TEXTS, max_size=4),
    st.lists(st.tuples(NAMES, OCTETS), min_size=1, max_size=4),
    st.lists(st.integers(min_value=0), max_size=12),
)
def test_what_another_encoder_wrote_comes_out_however_it_is_cut(
    fields: dict[str, str], files: list[tuple[str, bytes]], places: list[int]
) -> None:
    body = encoded(fields, files)
    expected: list[Part] = [(name, None, value.encode()) for name, value in fields.items()]
    expected += [("file", name, octets) for name, octets in files]
    assert parts(cut(body, places)) == expected


def test_octet_by_octet() -> None:
    body = form(typed("number", "1"), chosen("a.har", b"\r\n--3ab0d1c\r\n--3ab0d1c2-\r\n"))
    assert parts([body[at : at + 1] for at in range(len(body))]) == parts([body])
    assert parts([body])[1] == ("file", "a.har", b"\r\n--3ab0d1c\r\n--3ab0d1c2-\r\n")


@given(st.binary(max_size=200) | LIKE_BOUNDARIES, st.lists(st.integers(min_value=0), max_size=6))
def test_any_octets_give_a_form_or_a_problem_the_same_however_they_are_cut(
    octets: bytes, places: list[int]
) -> None:
    body = f"--{BOUNDARY}\r\n".encode() + octets

    def outcome(pieces: Sequence[bytes]) -> object:
        try:
            return parts(pieces)
        except Problem as error:
            return error.code

    assert outcome(cut(body, places)) == outcome([body])


def test_a_body_that_ends_anywhere_is_cut_off_or_no_form() -> None:
    body = form(typed("number", "1"), chosen("a.har"))
    whole = len(body) - len("\r\n")
    found = [problem([body[:at]]) for at in range(whole)]
    assert set(found) == {ProblemCode.CUT_OFF}
    assert parts([body[:whole]]) == parts([body])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; charset=utf-8",
        f"multipart/form-data; boundary={'x' * 300}",
        "multipart/form-data; boundary=\xe4; boundary",
    ],
)
def test_what_is_no_form(content_type: str) -> None:
    assert problem([b"--x--\r\n"], content_type) is ProblemCode.BAD_FORM


@pytest.mark.parametrize(
    "content_type",
    [
        f'Multipart/Form-Data; charset=utf-8; Boundary="{BOUNDARY}"',
        f"multipart/form-data;boundary={BOUNDARY}",
    ],
)
def test_ways_to_write_the_type(content_type: str) -> None:
    assert parts([form(typed("number", "1"))], content_type) == [("number", None, b"1")]


DISPOSITION = 'Content-Disposition: form-data; name="file"'


@pytest.mark.parametrize(
    "body",
    [
        b"no form at all",
        form(part(b"x")),
        form(part(b"x", "Content-Disposition: form-data")),
        form(part(b"x", 'Content-Disposition: attachment; name="file"')),
        form(part(b"x", "Content-Type: text/plain")),
        form(part(b"x", DISPOSITION, "no header")),
        form(part(b"x", DISPOSITION, "X: \rY")),
        form(part(b"x", DISPOSITION, ": nameless")),
        form(part(b"x", *(f"X-{number}: y" for number in range(HEADERS + 1)), DISPOSITION)),
        form(part(b"x", "X: " + "y" * HEADER_OCTETS, DISPOSITION)),
        form(part(b"x", "X" * HEADER_OCTETS + ": y", DISPOSITION)),
        form(part(b"x", f'{DISPOSITION}; filename="{"n" * HEADER_OCTETS}"')),
        form(part(b"x", DISPOSITION, "Content-Transfer-Encoding: base64")),
        form(part(b"x", DISPOSITION, 'content-disposition: form-data; name="other"')),
    ],
)
def test_bodies_that_break_the_format(body: bytes) -> None:
    assert problem([body]) is ProblemCode.BAD_FORM


def test_a_header_without_end_is_not_gathered() -> None:
    endless = [f"--{BOUNDARY}\r\nX: ".encode(), *[b"y" * 1024] * 20]
    assert problem(endless) is ProblemCode.BAD_FORM


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ('form-data; name="file"; filename="a.har"', "a.har"),
        ("form-data; name=file; filename=a.har", "a.har"),
        ('Form-Data; Name="file"; FileName="a.har"', "a.har"),
        ('form-data; name="file"; filename="ü;\u4e2d=.har"', "ü;\u4e2d=.har"),
        ('form-data; name="file"; filename="say \\"hi\\".har"', 'say "hi".har'),
        ('form-data; name="file"; filename=""', ""),
        ('form-data; name="file"', None),
        # RFC 7578 section 4.2: not to be used, and not to be believed.
        ("form-data; name=\"file\"; filename*=UTF-8''b.har", None),
    ],
)
def test_names_of_files(disposition: str, filename: str | None) -> None:
    body = form(part(b"x", f"Content-Disposition: {disposition}", "Content-Type: text/plain"))
    assert parts([body]) == [("file", filename, b"x")]


def test_octets_of_a_name_that_are_no_utf_8() -> None:
    body = form(chosen("?.har").replace(b"?", b"\xe4"))
    assert parts([body])[0][1] == "\ufffd.har"


def test_what_stands_before_and_behind_the_form_is_nothing() -> None:
    body = b"\r\n" + form(typed("number", "1")) + b"anything"
    assert parts([body]) == [("number", None, b"1")]


def test_a_form_of_nothing() -> None:
    assert parts([form()]) == []


def test_no_log_line_quotes_what_came(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        problem([b"--" + BOUNDARY.encode() + b"\r\nS\xe9cret: x\r\n"])
    assert caplog.text == ""


@pytest.mark.parametrize(
    "filler",
    [b"\r", b"\r\n", b"\r\n--", b"\r\n--x ", b"\r\n--xa", b"\r\n--x-a", b"\r\n--x\ra"],
    ids=["CR", "CRLF", "dashes", "blank", "boundary", "end", "return"],
)
def test_what_nearly_is_a_boundary_all_the_way_takes_linear_time(filler: bytes) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n'
    form = Multipart("multipart/form-data; boundary=x")
    begun = time.process_time()
    try:
        octets = sum(
            len(piece)
            for body in (head, filler * ((2 << 20) // len(filler)))
            for piece in form.feed(body)
            if isinstance(piece, bytes)
        )
    except Problem as error:
        assert filler == b"\r\n--x ", error.detail  # noqa: PT017 - the others are no error
    else:
        assert (2 << 20) - 10 < octets <= 2 << 20
    # Half a second where the machine has nothing else to do; days if it were quadratic.
    assert time.process_time() - begun < 10
