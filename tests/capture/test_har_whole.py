"""A HAR is read with every field it has, whatever it is wrapped in and however it is damaged."""

import base64
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.capture import har_whole
from analyzer.capture.case import Case
from analyzer.capture.har_whole import HarWhole
from analyzer.model.har import Numeral, Tree, Whole
from analyzer.pipeline import analyze
from tests.capture.har_written import CHROME, GOOD, LAYOUTS, http, row, socket


def har(*entries: Any, **log: Any) -> dict[str, Any]:
    return {"log": {"version": "1.2", "creator": CHROME, "entries": list(entries), **log}}


def read(path: Path) -> tuple[list[Whole], Tree, HarWhole]:
    with Case() as case:
        case.add(path)
        for _, opened in case.captures():
            whole = HarWhole(opened.reader)
            entries = [
                Whole(
                    index=one.index,
                    fields=one.fields,
                    rows=_kept([list(batch) for batch in one.rows()]) if one.rows else None,
                    told=one.told,
                    whole=one.whole,
                )
                for one in whole.entries()
            ]
            return entries, whole.frame(), whole
    raise AssertionError("no recording")


def _kept(batches: list[list[Tree | None]]) -> Callable[[], Any]:
    return lambda: iter(batches)


def rows_of(whole: Whole) -> list[Tree | None]:
    return [] if whole.rows is None else [one for batch in whole.rows() for one in batch]


def written(folder: Path, octets: bytes, name: str = "session.har") -> Path:
    path = folder / name
    path.write_bytes(octets)
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_field_in_every_layout(layout: str, tmp_path: Path) -> None:
    rows = [row("<a/>"), {**row("<b/>"), "_n": 1}]
    given = har(http(_x={"y": [1.5, None]}), socket(rows), http(), pages=[], comment="c", _z=1)
    entries, frame, whole = read(written(tmp_path, LAYOUTS[layout](given)))
    assert [one.index for one in entries] == [0, 1, 2]
    assert [one.fields for one in entries] == [
        as_read(given["log"]["entries"][0]),
        as_read({**given["log"]["entries"][1], "_webSocketMessages": None}),
        as_read(given["log"]["entries"][2]),
    ]
    assert rows_of(entries[1]) == as_read(rows)
    assert frame == as_read({"log": {**given["log"], "entries": []}})
    assert (whole.skipped, whole.damaged) == (0, 0)


def as_read(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=Numeral, parse_int=Numeral)


def test_a_real_one() -> None:
    entries, frame, _ = read(GOOD)
    given = json.loads(GOOD.read_bytes())
    assert len(entries) == len(given["log"]["entries"])
    assert list(frame["log"]) == list(given["log"])
    sockets = [one for one in entries if one.rows is not None]
    held = [e["_webSocketMessages"] for e in given["log"]["entries"] if "_webSocketMessages" in e]
    assert [rows_of(one) for one in sockets] == as_read(held)
    assert [one.told for one in entries] == [
        "/finesse/api/" in e["request"]["url"] for e in given["log"]["entries"]
    ]


def test_numbers_are_as_they_were_written(tmp_path: Path) -> None:
    text = (
        json.dumps(har(http(_a=111, _b=222, _c=333))).replace("111", "1.50").replace("222", "1e400")
    )
    (entry,), _, _ = read(written(tmp_path, text.replace("333", "1234567890123456789012").encode()))
    assert entry.fields is not None
    assert [entry.fields[key] for key in ("_a", "_b", "_c")] == [
        "1.50",
        "1e400",
        "1234567890123456789012",
    ]


def test_what_json_does_not_know(tmp_path: Path) -> None:
    text = json.dumps(har(http(_a=111, _b="BBB")), indent=2)
    text = text.replace("111", "NaN").replace("BBB", "a\nb\\ud800")
    (entry,), _, _ = read(written(tmp_path, text.encode()))
    assert entry.fields is not None
    assert entry.fields["_a"] is None
    assert entry.fields["_b"] == "a\nb\ud800"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (b"\xef\xbb\xbf", b""),
        (b"onInputData(", b");"),
        (b"callback (", b")\n"),
        (b"", b"\0\0"),
    ],
)
def test_what_stands_around_it(before: bytes, behind: bytes, tmp_path: Path) -> None:
    octets = before + json.dumps(har(http(), comment="c")).encode() + behind
    entries, frame, _ = read(written(tmp_path, octets))
    assert len(entries) == 1
    assert frame["log"]["comment"] == "c"


def test_a_log_alone(tmp_path: Path) -> None:
    _, frame, _ = read(written(tmp_path, json.dumps(har(http())["log"]).encode()))
    assert frame == {"log": {"version": "1.2", "creator": CHROME, "entries": []}}


def test_an_entry_alone(tmp_path: Path) -> None:
    (entry,), frame, _ = read(written(tmp_path, json.dumps(http()).encode()))
    assert entry.fields == as_read(http())
    assert frame == {"log": {"entries": []}}


@pytest.mark.parametrize("keep", [0.5, 0.8, 0.99])
def test_a_file_that_breaks_off(keep: float, tmp_path: Path) -> None:
    octets = json.dumps(
        har(http(), socket([row(f"<m{n}/>") for n in range(50)])), indent=2
    ).encode()
    entries, frame, whole = read(written(tmp_path, octets[: int(len(octets) * keep)]))
    assert entries[0].fields == as_read(http())
    assert frame["log"]["creator"] == CHROME
    assert frame["log"]["entries"] == []
    assert whole.damaged + whole.skipped == 1
    told = [one["data"] for one in rows_of(entries[1]) if one is not None]
    assert told == [f"<m{n}/>" for n in range(len(told))]
    assert not entries[1].whole


def test_what_cannot_be_read_leaves_its_place(tmp_path: Path) -> None:
    lines = json.dumps(har(http(), {"request": 1, "x": "MARK"}, http()), indent=2)
    octets = lines.replace('"request": 1', "]]]").encode()
    entries, _, whole = read(written(tmp_path, octets))
    assert [one.index for one in entries] == [0, 1, 2]
    assert entries[1].fields is None
    assert whole.skipped == 1


def test_fields_that_are_damaged_in_a_damaged_entry(tmp_path: Path) -> None:
    good = json.dumps(har(http(), http(serverIPAddress="10.0.0.1")), indent=2)
    octets = good.replace('"10.0.0.1"', '"10.0.0.1", oops').encode()
    entries, _, _ = read(written(tmp_path, octets))
    assert entries[1].fields is not None
    assert entries[1].fields["request"] == as_read(http())["request"]


def test_an_entry_that_is_too_deep_keeps_what_an_analysis_reads(tmp_path: Path) -> None:
    text = json.dumps(har(http(_deep="DEEP"))).replace('"DEEP"', "[" * 900 + "]" * 900)
    (entry,), _, _ = read(written(tmp_path, text.encode()))
    assert entry.fields is not None
    assert entry.fields["request"] == as_read(http())["request"]


def test_long_lists_of_messages_are_not_decoded_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(har_whole, "ROWS_OCTETS", 100)
    rows = [row(f"<m{n}/>") for n in range(20)]
    inner = {"_webSocketMessages": [row("<x/>")] * 2}
    given = har({"_note": inner, **socket(rows)})
    (entry,), _, _ = read(written(tmp_path, json.dumps(given).encode()))
    assert rows_of(entry) == as_read(rows)
    assert entry.fields == as_read({**given["log"]["entries"][0], "_webSocketMessages": None})


def test_a_long_list_in_an_entry_that_only_python_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(har_whole, "ROWS_OCTETS", 100)
    rows = [row(f"<m{n}/>") for n in range(20)]
    rows[7]["time"] = 111
    text = json.dumps(har(socket(rows)), indent=2).replace("111", "NaN")
    (entry,), _, _ = read(written(tmp_path, text.encode()))
    assert [one and one["data"] for one in rows_of(entry)] == [one["data"] for one in rows]


def test_a_damaged_message_is_mended_or_leaves_its_place(tmp_path: Path) -> None:
    text = json.dumps(har(socket([row("<a/>"), row("<b/>"), row("<c/>")])), indent=2)
    text = text.replace('"data": "<b/>"', '"data": {{')
    path = written(tmp_path, text.encode())
    (entry,), _, _ = read(path)
    told = [one and one["data"] for one in rows_of(entry)]
    assert [one for one in told if one] == ["<a/>", "<c/>"]
    # Places are those that an analysis names.
    source = analyze([path]).recordings[0].har
    assert source is not None
    assert source.sockets[0].messages == len(told)


def test_files_beside_it_come_in(tmp_path: Path) -> None:
    big = "x" * (har_whole.ATTACHED_OCTETS + 1)
    post = http("https://a.test/http-bind/")
    post["request"]["postData"] = {"mimeType": "text/xml", "_file": "a.xml"}
    post["response"]["content"] = {"size": 3, "mimeType": "x", "_sha1": "b.bin", "encoding": "x"}
    other = http()
    other["response"]["content"] = {"size": 3, "mimeType": "text/plain", "_file": "big.txt"}
    lost = http()
    lost["response"]["content"] = {"size": 3, "_file": "none.txt"}
    ws = {**socket(None), "response": {"status": 101, "content": {"_file": "ws.jsonl"}}}
    mute = {**socket(None), "response": {"status": 101, "content": {"_file": "gone.jsonl"}}}
    path = tmp_path / "session.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("har.har", json.dumps(har(post, other, lost, ws, mute)))
        archive.writestr("a.xml", "<body/>")
        archive.writestr("b.bin", b"\xff\x00")
        archive.writestr("big.txt", big)
        archive.writestr("ws.jsonl", json.dumps(row("<a/>")) + "\n" + json.dumps(row("<b/>")))
    entries, _, _ = read(path)
    first, second, third, fourth, fifth = (one.fields or {} for one in entries)
    assert first["request"]["postData"] == {"mimeType": "text/xml", "text": "<body/>"}
    coded = base64.b64encode(b"\xff\x00").decode()
    assert first["response"]["content"] == {
        "size": "3",
        "mimeType": "x",
        "text": coded,
        "encoding": "base64",
    }
    assert second["response"]["content"]["_file"] == "big.txt"
    assert third["response"]["content"]["_file"] == "none.txt"
    assert [one and one["data"] for one in rows_of(entries[3])] == ["<a/>", "<b/>"]
    assert fourth["response"]["content"] == {}
    assert fifth["response"]["content"] == {"_file": "gone.jsonl"}
    assert entries[4].rows is None
    assert entries[0].told


def test_where_two_stand_one_behind_the_other_the_first_gives_the_frame(tmp_path: Path) -> None:
    octets = json.dumps(har(http(), comment="one")) + json.dumps(har(http(), comment="two"))
    entries, frame, _ = read(written(tmp_path, octets.encode()))
    assert len(entries) == 2
    assert frame["log"]["creator"] == CHROME
