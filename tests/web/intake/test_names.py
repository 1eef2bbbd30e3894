import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.web.intake.names import CHARACTERS, NAMELESS, OCTETS, TAIL, distinct_name, shown_name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("session.har", "session.har"),
        ("finesse.example.com_Archive [24-11-20 10-00-00].har", None),
        ("a b.har", None),
        ("Sitzung Käse 会话 📞.har", None),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/etc/shadow", "shadow"),
        ("C:\\Users\\jdoe\\trace.har", "trace.har"),
        ("C:trace.har", None),
        ("\\\\server\\share\\trace.har", "trace.har"),
        ("a/b\\c/d.har", "d.har"),
        ("folder/", NAMELESS),
        ("", NAMELESS),
        (".", NAMELESS),
        ("..", NAMELESS),
        ("....", NAMELESS),
        (" . . ", NAMELESS),
        (".hidden.har", "hidden.har"),
        ("a\0b.har", "ab.har"),
        ("a\r\nX-Header: x.har", "a X-Header: x.har"),
        ("\x1b]8;;http://x\x07a.har", "xa.har"),
        ("\u202egpj.rah", "gpj.rah"),
        ("a\u200b\u2066\u2069\ufeffb.har", "ab.har"),
        ("\u3164\u115f", NAMELESS),
        ("\ud800a.har", "a.har"),
        ("a\u00a0\u3000 b.har", "a b.har"),
        ("%22quoted%22.har", '"quoted".har'),
        ("100%25.har", None),
        ("u\u0308.har", "\u00fc.har"),
        ("password=hunter22 .har", "password=[redacted: password 1] .har"),
        ("pass\u200bword=hunter22 .har", "password=[redacted: password 1] .har"),
    ],
)
def test_names(given_name: str, shown: str | None) -> None:
    assert shown_name(given_name) == (given_name if shown is None else shown)


def test_a_long_name_keeps_both_ends() -> None:
    shown = shown_name(f"begin{'x' * 4_096}_00001_20261121.pcapng")
    assert len(shown) == CHARACTERS
    assert shown.startswith("beginxxx")
    assert shown.endswith("xxx_00001_20261121.pcapng")
    assert shown[-TAIL - 1] == "…"


@pytest.mark.parametrize("character", ["\u00fc", "\u4e2d", "\U0001f4de"])
def test_a_long_name_fits_a_file_system(character: str) -> None:
    shown = shown_name(character * 4_096)
    assert len(shown.encode()) <= OCTETS
    assert shown.strip(character) == "…"


TEXT = st.text(max_size=300) | st.text(st.sampled_from("a./\\\0\u202e\U0001f4de %\r"), max_size=300)


@given(TEXT)
def test_any_name_is_fit_to_be_shown(given_name: str) -> None:
    shown = shown_name(given_name)
    assert 0 < len(shown) <= CHARACTERS
    assert len(shown.encode()) <= OCTETS
    assert not set(shown) & set("/\\")
    assert not shown.startswith((".", " "))
    assert not any(unicodedata.category(character).startswith("C") for character in shown)


@given(TEXT)
def test_a_name_for_show_stays_as_it_is(given_name: str) -> None:
    shown = shown_name(given_name)
    assert shown_name(shown) == shown


def test_names_of_a_case_can_be_told_apart() -> None:
    taken: set[str] = set()
    names = ["session.har", "session.har", "a b", "a b", "session (2).har", "session.har"]
    assert [distinct_name(name, taken) for name in names] == [
        "session.har",
        "session (2).har",
        "a b",
        "a b (2)",
        "session (2) (2).har",
        "session (3).har",
    ]
    assert len(taken) == 6


@pytest.mark.parametrize(
    "name",
    ["x" * 120, "x" * 116 + ".har", "x" * 77 + "." + "y" * 42, "📞" * 46 + ".har", "x" * 103],
)
def test_a_distinct_name_is_no_longer_than_others(name: str) -> None:
    taken: set[str] = set()
    for number in range(1, 12):
        found = distinct_name(shown_name(name), taken)
        assert len(found) <= CHARACTERS
        assert len(found.encode()) <= OCTETS
        assert len(taken) == number
        assert found.endswith(name[-4:] if name.endswith(".har") else found[-4:])
