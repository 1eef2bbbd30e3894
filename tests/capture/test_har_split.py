import json
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.capture import har_json, har_split
from analyzer.capture.defects import Defects
from analyzer.capture.har_split import Splitter, is_har
from analyzer.model.anomaly import AnomalyCode
from tests.capture.har_written import LAYOUTS, http, log, row, socket

Layout = Callable[[Any], bytes]

ENTRIES = [
    http("https://desk.example.test/0"),
    {"_initiator": {"type": "other"}, **http("https://desk.example.test/1")},
    socket([row("<a/>"), row('},{"request":{"\n}')]),
    {"sleep": 1, **http("https://desk.example.test/3")},
    http("https://desk.example.test/4"),
]

layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def split(data: har_split.Octets) -> tuple[list[tuple[int, str]], Defects, Splitter]:
    """Indices and URLs of the entries, and what was found wrong."""
    defects = Defects()
    splitter = Splitter(data, defects)
    found = []
    for piece in splitter.pieces():
        request = har_json.struct(piece.entry.request, har_json.Request)
        found.append((piece.index, har_json.text(request.url)))
    return found, defects, splitter


def urls(*indices: int) -> list[tuple[int, str]]:
    return [(index, ENTRIES[index]["request"]["url"]) for index in indices]


def codes(defects: Defects) -> list[str]:
    return [anomaly.code.value for anomaly in defects.anomalies]


@layouts
def test_every_layout_splits_into_its_entries(layout: Layout) -> None:
    data = layout(log(*ENTRIES))
    found, defects, _ = split(data)
    assert found == urls(0, 1, 2, 3, 4)
    assert defects.anomalies == []
    assert is_har(data)


@layouts
def test_an_empty_list(layout: Layout) -> None:
    found, defects, _ = split(layout(log()))
    assert (found, defects.anomalies) == ([], [])
    assert is_har(layout(log()))


@layouts
def test_one_entry_that_only_python_reads_costs_nothing(layout: Layout) -> None:
    har = log(*ENTRIES)
    data = layout(har).replace(b'"https://desk.example.test/1"', b'"https:\\ud83d//1"')
    found, defects, _ = split(data)
    assert found == [*urls(0), (1, "https:\ufffd//1"), *urls(2, 3, 4)]
    assert defects.anomalies == []


@layouts
def test_a_damaged_entry_is_kept_up_to_the_damage(layout: Layout) -> None:
    data = layout(log(*ENTRIES))
    at = data.index(b"desk.example.test/1") + len(b"desk.example.test/1")
    at = data.index(b'"headers"', at)
    found, defects, splitter = split(data[:at] + b"@@@" + data[at:])
    assert found == urls(0, 1, 2, 3, 4)
    assert codes(defects) == ["capture.damaged"]
    assert defects.anomalies[0].values == {
        "entry": 1,
        "offset": data.rindex(b"{", 0, data.index(b'"_initiator"')),
    }
    assert splitter.skipped == 0


@layouts
def test_an_entry_of_which_nothing_can_be_read_is_skipped(layout: Layout) -> None:
    data = layout(log(*ENTRIES)).replace(b'"_initiator"', b"@@@@")
    found, defects, splitter = split(data)
    assert found == urls(0, 2, 3, 4)
    assert codes(defects) == ["capture.damaged", "har.entry.skipped"]
    assert splitter.skipped == 1


@layouts
def test_a_lost_bracket_does_not_cost_the_next_entry(layout: Layout) -> None:
    data = layout(log(*ENTRIES))
    # The last bracket of entry 0 and the text before it.
    at = data.index(b'"ok"') + 4
    behind = data.index(b"{", at)
    found, defects, _ = split(data[:at] + b"}, " + data[behind:])
    assert found == urls(0, 1, 2, 3, 4)
    assert codes(defects) == ["capture.damaged"]


def test_members_that_are_no_entries() -> None:
    data = (
        b'{"log":{"entries":[{},{"startedDateTime":"x"},5,'
        + json.dumps(ENTRIES[0]).encode()
        + b"]}}"
    )
    found, defects, splitter = split(data)
    assert found == [(3, "https://desk.example.test/0")]
    assert splitter.skipped == 3
    assert codes(defects) == ["har.entry.skipped"] * 3


def test_nothing_but_rubbish_in_the_list() -> None:
    found, defects, _ = split(b'{"log":{"entries":[ nothing to see')
    assert found == []
    assert codes(defects) == ["capture.truncated", "har.entry.skipped"]


def test_rubbish_between_entries() -> None:
    data = LAYOUTS["compact"](log(*ENTRIES)).replace(
        b'},{"startedDateTime"', b'},@"@,{"startedDateTime"', 1
    )
    found, defects, _ = split(data)
    assert [url for _, url in found] == [url for _, url in urls(0, 1, 2, 3, 4)]
    assert codes(defects) == ["capture.damaged", "har.entry.skipped"]


@layouts
def test_a_second_document_is_read_too(layout: Layout) -> None:
    data = layout(log(*ENTRIES[:2])) + b"\0\0\n" + layout(log(*ENTRIES[2:]))
    found, defects, _ = split(data)
    assert found == urls(0, 1, 2, 3, 4)
    assert defects.anomalies == []


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(ENTRIES[0]).encode(),
        json.dumps(ENTRIES[0], indent=2).encode(),
        b"\n\n" + json.dumps({"time": 5, **ENTRIES[0]}).encode(),
        json.dumps([ENTRIES[0]]).encode(),
        b'er":"x"}],"cookies":[]},"time":1},\n' + json.dumps(ENTRIES[0]).encode() + b"]}}",
    ],
)
def test_entries_without_a_log_around_them(data: bytes) -> None:
    found, defects, _ = split(data)
    assert found == urls(0)
    assert defects.anomalies == []
    assert is_har(data)


def test_a_log_without_entries_is_a_har_of_none() -> None:
    data = json.dumps({"log": {"pages": [{"startedDateTime": "x", "id": "page_1"}]}}).encode()
    found, defects, _ = split(data)
    assert (found, defects.anomalies) == ([], [])
    assert is_har(data)
    assert is_har(b"\xef\xbb\xbf" + data)
    assert is_har(b"onInputData(" + data + b");")
    found, defects, _ = split(data[:-2])
    assert (found, codes(defects)) == ([], ["capture.truncated"])


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"log":\n[\n    2,1,3\n]\n"request:"}',
        b'{"entries":[{"id":1,"title":"a blog"}]}',
        b'{"entries":["a","b"]}',
        b'{"entries":[1',
        b'\x00\x01{"log":{"entries":[]}}',
        b"no JSON at all",
    ],
)
def test_other_json_is_no_har(data: bytes) -> None:
    assert not is_har(data)


@layouts
def test_every_cut_keeps_what_stands_before_it(layout: Layout) -> None:
    data = layout(log(*ENTRIES))
    ends = [
        data.index(b"}", data.index(b'"text"', data.index(url.encode()))) for _, url in urls(0, 1)
    ]
    best = 0
    for cut in range(data.index(b"[", data.index(b'"entries"')) + 1, len(data) - 3):
        found, defects, _ = split(data[:cut])
        assert len(found) >= best
        best = len(found)
        assert found == urls(0, 1, 2, 3, 4)[: len(found)] or found[-1][1] == ""
        assert sum(cut > end + 30 for end in ends) <= len(found)
        if cut < data.rindex(b"]"):
            assert codes(defects)[0] == "capture.truncated"
    assert best == 5


def test_a_large_damaged_entry_is_not_parsed_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_split, "MENDED_OCTETS", 100)
    data = json.dumps(log(socket([row("a\ud83d")]), ENTRIES[0]), indent=2).encode()
    found, defects, _ = split(data)
    assert [url for _, url in found] == ["wss://finesse.example.test:8445/ws/", urls(0)[0][1]]
    assert codes(defects) == ["capture.damaged"]


def test_damage_everywhere_is_given_up_in_the_end() -> None:
    nested = b'{"request":[{"a":1},' * 900 + b'"' + b"x" * 2_000_000
    hostile = b'{"log":{"entries":[' + nested
    found, defects, _ = split(hostile)
    assert AnomalyCode.LIMIT.value in codes(defects)
    assert defects.anomalies[-1].values["limit"] == "RETRIES"
    assert len(found) < 900


def test_there_may_be_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_split, "HAR_ENTRIES", 3)
    found, defects, _ = split(LAYOUTS["compact"](log(*ENTRIES)))
    assert found == urls(0, 1, 2)
    assert defects.anomalies[0].values["limit"] == "HAR_ENTRIES"


def test_there_may_be_too_many_odd_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_split, "ODD_ENTRIES", 3)
    found, defects, _ = split(LAYOUTS["compact"](log({}, ENTRIES[1], None, 5, *ENTRIES)))
    assert found == [(1, ENTRIES[1]["request"]["url"])]
    assert codes(defects) == ["har.entry.skipped"] * 3 + ["limit.reached"]
    assert defects.anomalies[3].values["limit"] == "ODD_ENTRIES"


def test_pages_of_a_mapping_are_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_split, "RELEASE_OCTETS", mmap.PAGESIZE)
    path = tmp_path / "session.har"
    path.write_bytes(LAYOUTS["indented by 2"](log(*ENTRIES * 20)))
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    found, defects, _ = split(data)
    assert [url for _, url in found] == [url for _, url in urls(0, 1, 2, 3, 4)] * 20
    assert defects.anomalies == []
