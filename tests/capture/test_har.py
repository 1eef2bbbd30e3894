"""Whole HARs, real ones above all, against Python's own parser."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.capture.har import HarReader
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.flow import Connection
from analyzer.model.http import Exchange
from analyzer.model.limits import EXCHANGE_BODY_OCTETS
from analyzer.model.recording import TimeBase
from analyzer.model.websocket import Upgrade
from tests.capture.har_written import (
    FIXTURES,
    GOOD,
    LAYOUTS,
    STARTED_NS,
    all_items,
    http,
    lines,
    log,
    messages,
    oracle,
    row,
    socket,
    written,
)

CALL = re.compile("/finesse/api/|/http-bind/")

RECORDED = sorted(FIXTURES.glob("*/*.har"))


def agrees(path: Path) -> None:
    """Our messages, entries and sockets are those that Python's parser finds."""
    data = path.read_bytes()
    har = json.loads(data)
    reader = HarReader(data, 0)
    items = all_items(data, reader)
    assert messages(items) == list(oracle(har))
    entries = har["log"]["entries"]
    facts = reader.facts()
    assert (facts.entries, facts.skipped, reader.anomalies) == (len(entries), 0, [])
    sockets = [n for n, entry in enumerate(entries) if entry["request"]["url"].startswith("ws")]
    assert [fact.entry for fact in facts.sockets] == sockets
    calls = [n for n, entry in enumerate(entries) if CALL.search(entry["request"]["url"])]
    assert [n for n, several in items.items() if isinstance(several[0], Exchange)] == calls
    assert sorted(items) == sorted(sockets + calls)
    for number, several in items.items():
        assert isinstance(several[-1], Connection)
        assert several[-1].number == number


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_recordings_of_ours(path: Path) -> None:
    agrees(path)


def test_recordings_beside_the_project(shared: Path) -> None:
    paths = sorted((shared / "captures").glob("*/*.har"))
    assert len(paths) > 50
    for path in paths:
        agrees(path)


def oracle_or_none(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))["log"]["entries"]
    except (ValueError, KeyError, TypeError):
        return None


def test_hars_of_others(shared: Path) -> None:
    compared = 0
    for path in sorted((shared / "public-har").rglob("*.har")):
        data = path.read_bytes()
        entries = oracle_or_none(data)
        if entries is None:
            continue
        reader = HarReader(data, 0)
        assert messages(all_items(data, reader)) == list(oracle({"log": {"entries": entries}}))
        facts = reader.facts()
        assert (path.name, facts.entries, facts.skipped) == (path.name, len(entries), 0)
        assert reader.anomalies == []
        compared += 1
    assert compared > 150


def test_playwright_attaches_messages_and_bodies() -> None:
    path = FIXTURES / "har-playwright-attach" / "session.har.zip"
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (rows,) = (data for name, data in files.items() if name.endswith(".jsonl"))
    data = files["har.har"]

    def attached(name: str) -> memoryview | None:
        return memoryview(files[name])

    items = all_items(data, HarReader(data, 0, attached))
    expected = [json.loads(line) for line in rows.splitlines()]
    assert [payload for *_, payload in messages(items)] == [r["data"].encode() for r in expected]
    bodies = {
        item.response.body
        for several in items.values()
        for item in several
        if isinstance(item, Exchange) and item.response is not None
    }
    assert bodies <= set(files.values())
    assert len(bodies) == 2
    # Alone, the HAR holds no messages, and says so.
    reader = HarReader(data, 0)
    assert messages(all_items(data, reader)) == []
    assert [fact.messages for fact in reader.facts().sockets] == [None]


@pytest.mark.parametrize("path", [GOOD, FIXTURES / "har-playwright-embed" / "session.har"])
@pytest.mark.parametrize("older", [False, True])
def test_every_cut_keeps_what_stands_before_it(path: Path, older: bool) -> None:
    har = json.loads(path.read_bytes())
    for entry in har["log"]["entries"]:
        entry["response"]["content"].pop("text", None)
        rows = entry.pop("_webSocketMessages", None)
        if rows is not None:
            rows = rows[:6]
            later = {key: entry.pop(key) for key in list(entry)[1:]} if older else {}
            entry |= {"_webSocketMessages": rows, **later}
    whole = list(oracle(har))
    for layout in ("indented by 2", "compact"):
        data = LAYOUTS[layout](har)
        ends = []
        at = 0
        for *_, payload in whole:
            at = data.index(json.dumps(payload.decode()).encode(), at) + 1
            ends.append(at + len(json.dumps(payload.decode())) + 12)
        for cut in range(ends[0] - 400, len(data), 37):
            reader = HarReader(data[:cut], 0)
            found = messages(all_items(data[:cut], reader))
            assert found == whole[: len(found)]
            assert len(found) >= sum(end <= cut for end in ends)
            if cut < data.rindex(b"]"):
                assert reader.anomalies[0].code is AnomalyCode.TRUNCATED
                assert int(reader.anomalies[0].values["offset"]) <= cut


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_ends_in_items_and_anomalies(data: st.DataObject) -> None:
    base = bytearray(LAYOUTS[data.draw(st.sampled_from(sorted(LAYOUTS)))](SMALL))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(base) - 1))
        length = data.draw(st.sampled_from([0, 1, 5, 200]))
        base[at : at + length] = data.draw(
            st.sampled_from([b"", b'"', b"{", b"}", b"[", b"]", b"\\", b"NaN", b'\\ud83d"', b"\n"])
            | st.binary(max_size=8)
        )
    octets = bytes(base)
    reader = HarReader(octets, 0)
    for number, several in all_items(octets, reader).items():
        assert isinstance(several[-1], Connection)
        assert several[-1].number == number
    assert len(reader.facts().sockets) <= reader.facts().entries


SMALL = log(
    http("https://desk.example.test/finesse/api/SystemInfo"),
    socket([row("<a/>"), row("<b/>", kind="receive"), row("AAE=", opcode=2)]),
    http(),
)


def test_facts() -> None:
    first = http("https://desk.example.test/finesse/api/User/1", time=100)
    first["request"]["headers"] = lines(User_Agent="curl/7.86.0")
    data = written(first, socket([row("<a/>")]), http(startedDateTime="2026-11-20T20:44:30Z"))
    reader = HarReader(data, 0)
    all_items(data, reader)
    facts = reader.facts()
    assert (facts.producer, facts.browser) == ("WebInspector 537.36", "curl/7.86.0")
    assert (facts.entries, facts.skipped) == (3, 0)
    assert facts.first_ns == 1_795_207_470_000_000_000
    assert facts.last_ns == STARTED_NS + 2_000_000_000
    assert facts.time_base is TimeBase.SECONDS
    assert (facts.records_messages, facts.records_close_code) == (True, False)
    assert facts.sanitized is True


def test_facts_of_nothing() -> None:
    data = written(creator=None)
    reader = HarReader(data, 0)
    assert all_items(data, reader) == {}
    facts = reader.facts()
    assert (facts.entries, facts.sockets, facts.first_ns, facts.last_ns) == (0, (), None, None)
    assert (facts.producer, facts.browser, facts.sanitized) == ("", "", None)


@pytest.mark.parametrize(
    ("entry", "creator", "sanitized"),
    [
        ({"Authorization": "Basic eA=="}, "WebInspector", False),
        ({"Cookie": "a=b"}, "Firefox", False),
        ({}, "WebInspector", True),
        ({}, "Firefox", None),
    ],
)
def test_whether_credentials_were_taken_out(
    entry: dict[str, str], creator: str, sanitized: bool | None
) -> None:
    call = http("https://desk.example.test/finesse/api/User/1")
    call["request"]["headers"] = lines(**entry)
    data = written(call, creator={"name": creator})
    reader = HarReader(data, 0)
    all_items(data, reader)
    assert reader.facts().sanitized is sanitized


def test_messages_prove_that_a_producer_records_them() -> None:
    data = written(socket([row("<a/>")]), creator={"name": "Firefox", "version": "200"})
    reader = HarReader(data, 0)
    all_items(data, reader)
    assert reader.facts().records_messages


def test_time_base_is_that_of_the_first_socket_that_has_one() -> None:
    data = written(socket([]), socket([row("<a/>", 1_795_207_479_500.0)]), socket([row("<a/>")]))
    reader = HarReader(data, 0)
    all_items(data, reader)
    assert reader.facts().time_base is TimeBase.MILLISECONDS


def test_a_page_whose_certificate_is_not_trusted_is_an_exchange() -> None:
    page = http("https://desk.example.test/desktop")
    page["response"] |= {"status": 0, "_error": "net::ERR_CERT_DATE_INVALID"}
    other = http("https://ads.example.test/")
    other["response"] |= {"status": 0, "_error": "net::ERR_BLOCKED_BY_CLIENT"}
    items = all_items(written(page, other))
    assert list(items) == [0]
    exchange, connection = items[0]
    assert isinstance(exchange, Exchange)
    assert exchange.error == "net::ERR_CERT_DATE_INVALID"
    assert isinstance(connection, Connection)
    assert connection.server.host == "desk.example.test"


BOSH = "<body rid='1' xmlns='http://jabber.org/protocol/httpbind'>{}</body>"


def bosh(url: str, sent: str, got: str | None) -> dict[str, Any]:
    entry = http(url)
    entry["request"] |= {"method": "POST", "postData": {"text": sent}}
    entry["response"]["content"] = {"size": 20} if got is None else {"text": got}
    return entry


def test_bosh_is_handed_on_and_counted() -> None:
    long = BOSH.format("<message><body>" + "a" * EXCHANGE_BODY_OCTETS + "</body></message>")
    data = written(
        bosh("https://desk.example.test:7443/http-bind/", BOSH.format("<auth/>"), long),
        bosh("https://desk.example.test/other", BOSH.format(""), None),
        bosh("https://desk.example.test/form", "a=b", "ok"),
        http(),
    )
    reader = HarReader(data, 0)
    first, second = all_items(data, reader).values()
    exchange, connection = first
    assert isinstance(exchange, Exchange)
    assert exchange.response is not None
    assert exchange.response.body == long.encode()
    assert isinstance(connection, Connection)
    assert isinstance(second[0], Exchange)
    facts = reader.facts()
    assert (facts.bosh_entries, facts.bosh_without_body) == (2, 1)


def test_bosh_recordings(shared: Path) -> None:
    for case, entries, bodiless in (("good-bosh", 16, 16), ("e-bosh-prosody-tls13", 19, 0)):
        data = (shared / "captures" / case / "session.har").read_bytes()
        reader = HarReader(data, 0)
        all_items(data, reader)
        facts = reader.facts()
        assert (facts.bosh_entries, facts.bosh_without_body) == (entries, bodiless)


@pytest.mark.parametrize(
    "place", ['"_tlsErrors": [{}, {}], "entries": []', '"entries": [], "_tlsErrors": [{}, {}]']
)
def test_failed_handshakes_of_http_toolkit(place: str) -> None:
    assert HarReader(b'{"log": {' + place.encode() + b"}}", 0).facts().tls_errors == 2


def test_failed_handshakes_that_break_off() -> None:
    assert HarReader(b'{"log": {"entries": [], "_tlsErrors": [{}, ', 0).facts().tls_errors == 0


def test_a_damaged_entry_of_a_real_recording_costs_no_other() -> None:
    data = GOOD.read_bytes()
    har = json.loads(data)
    url = har["log"]["entries"][1]["request"]["url"].encode()
    broken = data.replace(b'"url": "' + url + b'",\n', b'"url": ' + url + b",\n", 1)
    assert broken != data
    reader = HarReader(broken, 0)
    assert messages(all_items(broken, reader)) == list(oracle(har))
    assert [anomaly.code for anomaly in reader.anomalies][:1] == [AnomalyCode.DAMAGED]


@pytest.mark.parametrize("layout", [LAYOUTS["indented by 2"], LAYOUTS["compact"]])
def test_a_long_list_comes_in_batches(layout: Callable[[Any], bytes]) -> None:
    har = log(http(), socket([row(f"<a id='{n}'/>" + "x" * 300) for n in range(6_000)]), http())
    data = layout(har)
    batches = [items for _, items in HarReader(data, 0).items()]
    assert len(batches) > 3
    assert isinstance(batches[0][0], Upgrade)
    assert [isinstance(items[-1], Connection) for items in batches].count(True) == 1
    assert messages(all_items(data)) == list(oracle(har))


MEASURE = """
import mmap, re, sys, time
from analyzer.capture.har import HarReader
before = time.process_time()
with open(sys.argv[1], "rb") as file:
    data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
found = sum(len(items) for _, items in HarReader(data, 0).items())
with open("/proc/self/status") as status:
    peak = re.search(r"VmHWM:\\s*(\\d+)", status.read())[1]
print(found, time.process_time() - before, peak)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for megabytes in (5, 60):
        body = http()
        body["response"]["content"]["text"] = "x" * 100_000
        chatter = socket([row("<a/>" + "x" * 900) for _ in range(megabytes * 300)])
        path = tmp_path / f"{megabytes}.har"
        path.write_bytes(written(*[body] * (megabytes * 7), chatter))
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(path)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": str(FIXTURES.parent)},
        )
        found, seconds, peak_kib = done.stdout.split()
        assert int(found) == megabytes * 300 + 3
        assert float(seconds) < 10
        peaks.append(int(peak_kib))
    assert peaks[1] < peaks[0] + 30_000
