"""Many secrets are found at once, in time that grows with the text alone."""

import time
import tracemalloc

import pytest

from analyzer.report.redaction import search as module
from analyzer.report.redaction.search import Search


def found(search: Search[int], text: str) -> list[tuple[int, int, int]]:
    return list(search.found(text))


def test_what_is_found_comes_in_order() -> None:
    search = Search({"abc-1": 1, "abc-12": 2})
    assert found(search, "abc-12 abc-1") == [(0, 6, 2), (7, 12, 1)]
    assert found(Search({}), "text") == []


def test_persons_are_whole_words() -> None:
    search = Search({"jane-1": 1, "jane-2": 2}, ["jane-1"])
    assert found(search, "xjane-1 xjane-2") == [(9, 15, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "<version/></version> a",
        "&lt;version&gt;",
        "<x version='1'/>",
        "<x xmlns:a='urn:version' b=''/>",
        "{urn:version}x",
        "urn:xmpp:version:0",
        "http://jabber.org/protocol/version#x",
        "<iq type='version'/>",
    ],
)
def test_a_word_is_no_secret_in_names_and_namespaces(text: str) -> None:
    assert found(Search({"version": 1}), text) == []
    assert found(Search({"version": 1}), f"{text} version ") == [(len(text) + 1, len(text) + 8, 1)]
    # What is no word is a secret there, too.
    assert len(found(Search({"v3rs10n": 1}), text.replace("version", "v3rs10n"))) >= 1


@pytest.mark.parametrize("secret", ["B" * 4_000 + "A", "BB", "BBBB" * 3])
def test_a_run_of_one_letter_is_searched_in_time(secret: str) -> None:
    search = Search({secret: 1, "A" + secret: 2})
    start = time.process_time()
    assert found(search, "B" * 300_000 if secret[-1] == "A" else "C" * 300_000) == []
    assert time.process_time() - start < 2


def test_secrets_of_different_length_that_begin_alike_are_told_apart_in_time() -> None:
    search = Search({"B" * length + "A": length for length in range(3, 500)})
    start = time.process_time()
    assert found(search, "B" * 50_000 + "A") == [(49_501, 50_001, 499)]
    assert time.process_time() - start < 3


def test_hostile_secrets_take_memory_in_proportion() -> None:
    odd = "'\"&\u2039\\é"
    secrets = {f"{number:06d}" + odd * 600: number for number in range(200)}
    tracemalloc.start()
    try:
        search = Search({**secrets, "sh'rt-1": -1})
        assert tracemalloc.get_traced_memory()[1] < 300 << 20
    finally:
        tracemalloc.stop()
    for number, secret in ((0, "000000" + odd * 600), (199, "000199" + odd * 600)):
        assert found(search, secret)[0][2] == number
    # Short ones keep all their forms.
    assert found(search, "sh\\\\u0027rt-1 sh&amp;#39;rt-1")[-1][2] == -1


def test_beyond_all_measure_secrets_are_looked_for_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST", 10)
    search = Search({"a&b-1": 1, "a&b-long": 2})
    assert found(search, "a&amp;b-1 a&amp;b-long a&b-long") == [(0, 9, 1), (23, 31, 2)]
