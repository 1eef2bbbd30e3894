"""A story that nothing changed is written as it was recorded; a change touches what it names."""

import json
from io import BytesIO
from typing import Any

import pytest

from analyzer.model.report import Report
from analyzer.pipeline import analyze

from . import har_changes
from .har_changes import blocked, entries_of, har, moved, with_entries
from .socket_packets import capture
from .story import CLOSE, Call, End, Said, Story, epoch_s, posts, socket_of, story

RECORDED = ("good-ws", "conflict-second-login", "ping-unanswered", "h-rst-ws")


def opened(octets: bytes) -> Any:
    return json.loads(octets)


def report(name: str, octets: bytes) -> Report:
    return analyze([(name, BytesIO(octets))])


def said(octets: bytes) -> list[tuple[str, str]]:
    return [(row["type"], row["data"]) for row in socket_of(opened(octets))["_webSocketMessages"]]


@pytest.mark.parametrize("name", RECORDED)
def test_unchanged_it_says_what_was_recorded(name: str) -> None:
    written, real = opened(har(story(name))), {"log": {"entries": entries_of(name)}}
    assert len(written["log"]["entries"]) == len(real["log"]["entries"])
    ours, theirs = socket_of(written), socket_of(real)
    assert ours["startedDateTime"] == theirs["startedDateTime"]
    assert ours["request"] == theirs["request"]
    assert ours["time"] == pytest.approx(theirs["time"], abs=1.0)
    assert ours["timings"]["receive"] == pytest.approx(theirs["timings"]["receive"], abs=1.0)
    rows = zip(ours["_webSocketMessages"], theirs["_webSocketMessages"], strict=True)
    for one, other in rows:
        assert one["data"] == other["data"]
        assert one["type"] == other["type"]
        assert one["time"] == pytest.approx(other["time"])


@pytest.mark.parametrize("name", RECORDED)
def test_har_and_packets_hold_the_same_stanzas(name: str) -> None:
    (one,) = report("a.har", har(story(name))).sessions
    (other,) = report("a.pcap", capture(story(name))).sessions
    assert one.stanza_count > 10
    ours, theirs = ([(s.kind, s.id, s.length) for s in each.stanzas] for each in (one, other))
    assert ours == theirs
    assert (one.agent, one.jid, one.domain) == (other.agent, other.jid, other.domain)


def test_a_socket_that_stays_open_and_one_that_closes() -> None:
    told = story().open_end()
    entry = socket_of(opened(har(told)))
    assert entry["timings"]["receive"] == 0
    closed = socket_of(opened(har(told._replace(end=End(9.5)))))
    assert closed["time"] == 9500
    assert closed["timings"]["receive"] == pytest.approx(9500 - told.said[-1].at_s * 1000)


def test_a_browser_writes_text_only_and_nothing_that_did_not_reach_it() -> None:
    told = story().saying(Said(1.7, "S>", "bye", CLOSE, 1001), Said(1.8, "S>", "<a/>"))
    assert ("receive", "<a/>") in said(har(told))
    assert not [text for _, text in said(har(told)) if text == "bye"]
    lost = said(har(told._replace(dead_s=1.0)))
    assert len(lost) < len(said(har(told)))
    assert ("send", told.said[-3].text) in lost


def test_calls_of_every_kind() -> None:
    calls = (
        Call(2.0, "PUT", "/finesse/api/User/7", 202, "<User/>", request_id="r-7"),
        Call(3.0, "GET", "/finesse/api/SystemInfo", 503),
        Call(4.0, "DELETE", "/finesse/api/User/8", 0),
        Call(5.0, "GET", "/finesse/api/User/9", 200, answer="<User/>", took_s=0.5),
    )
    entries = opened(har(story()._replace(calls=calls)))["log"]["entries"]
    found = [e for e in entries if "/finesse/api/" in e["request"]["url"]]
    assert [(e["request"]["method"], e["response"]["status"]) for e in found] == [
        ("PUT", 202),
        ("GET", 503),
        ("DELETE", 0),
        ("GET", 200),
    ]
    assert found[0]["request"]["postData"]["text"] == "<User/>"
    assert {"name": "requestId", "value": "r-7"} in found[0]["request"]["headers"]
    assert not [h for h in found[1]["request"]["headers"] if h["name"] == "requestId"]
    assert found[2]["response"]["_error"] == "net::ERR_FAILED"
    assert found[3]["response"]["content"]["text"] == "<User/>"
    assert found[3]["time"] == 500


def test_calls_lie_beside_the_session_in_both_forms() -> None:
    told = story().open_end()._replace(calls=())
    told = told.pinging(30).calling(Call(5.0, "PUT", "/finesse/api/User/7", 202, request_id="r-7"))
    for name, octets in (("a.har", har(told)), ("a.pcap", capture(told))):
        (session,) = report(name, octets).sessions
        assert [trip.request_id for trip in session.rest_trips] == ["r-7"]


def test_another_server_and_another_time() -> None:
    told = story()._replace(host="other.example.test:8445", begin_s=60.0)
    entry = socket_of(opened(har(told)))
    assert entry["request"]["url"] == "ws://other.example.test:8445/ws/"
    assert {"name": "Host", "value": "other.example.test:8445"} in entry["request"]["headers"]
    real = socket_of({"log": {"entries": entries_of("good-ws")}})
    later = epoch_s(entry["startedDateTime"]) - epoch_s(real["startedDateTime"])
    assert later == pytest.approx(60.0)
    calls = [e for e in opened(har(told))["log"]["entries"] if "/api/" in e["request"]["url"]]
    assert all("//other.example.test:8445/" in e["request"]["url"] for e in calls)
    (session,) = report("a.pcap", capture(told)).sessions
    assert session.url == "ws://other.example.test:8445/ws/"


def test_entries_by_themselves() -> None:
    entries = entries_of("good-ws")
    barred = blocked(entries[0], "net::ERR_FAILED")
    assert (barred["response"]["status"], barred["response"]["_error"]) == (0, "net::ERR_FAILED")
    assert entries[0]["response"]["status"] == 200
    socket = socket_of({"log": {"entries": entries}})
    first = socket["_webSocketMessages"][0]["time"]
    assert moved(socket, 7.0)["_webSocketMessages"][0]["time"] == pytest.approx(first + 7)
    assert opened(with_entries("good-ws", entries[:2]))["log"]["entries"] == entries[:2]
    assert har_changes.date(epoch_s("2026-01-01T00:00:00.250Z")) == "2026-01-01T00:00:00.250Z"


def test_several_in_one_browser() -> None:
    both = har(story(), story()._replace(begin_s=30.0).of("agent2002"))
    found = report("a.har", both)
    assert [one.agent for one in found.sessions] == [
        "agent1001@finesse.example.test",
        "agent2002@finesse.example.test",
    ]


def test_without_a_socket_there_are_calls_only() -> None:
    told = Story("good-ws", (), None, posts(), bare=True)
    for name, octets in (("a.har", har(told)), ("a.pcap", capture(told))):
        found = report(name, octets)
        assert [one.carrier.value for one in found.sessions] == ["bosh"]
        assert found.verdict.outcome.value == "healthy"
