"""The strips of a timeline."""

import re
from itertools import pairwise

import pytest

from analyzer.model.source import Source
from analyzer.report.drawing.chart_parts import LEFT, RIGHT, Canvas
from analyzer.report.drawing.chart_tracks import answers, messages, pings
from analyzer.report.drawing.measured import Answer, Interval
from analyzer.report.language.words import words
from tests.report.reports import START_NS, packet

WORDS = words("en")
SECOND_NS = 1_000_000_000
EXPECTED_NS = 20 * SECOND_NS


def canvas(seconds: float = 100) -> Canvas:
    anchors: dict[Source, str] = {packet(n): f"m1-{n}" for n in range(50)}
    return Canvas(WORDS, anchors, START_NS, START_NS + round(seconds * SECOND_NS))


def at(seconds: float) -> int:
    return START_NS + round(seconds * SECOND_NS)


def strokes(path: str) -> list[tuple[float, float, float]]:
    found = re.findall(r"M([\d.]+) ([\d.]+)v(-?[\d.]+)", path)
    return [(float(x), float(y), float(length)) for x, y, length in found]


def test_the_more_was_said_the_higher_a_stroke() -> None:
    track = messages(canvas(), "client", [at(0), at(50), at(50), at(50.01), at(100)], 10)
    (first, middle, last) = strokes(track.paths["stroke"])
    assert first[0] <= LEFT + 1
    assert last[0] >= RIGHT - 1
    assert (first[2], middle[2], last[2]) == (-9, -22, -9)
    assert (track.top, track.bottom, track.title) == (10, 32, "From the client")
    assert messages(canvas(), "server", [], 0).paths == {"stroke": ""}
    assert strokes(messages(canvas(), "server", [at(1)], 0).paths["stroke"])[0][2] == -9


def test_a_thousand_messages_take_little_room() -> None:
    path = messages(canvas(), "client", [at(n / 100) for n in range(10_000)], 0).paths["stroke"]
    assert len(path) < 9_000


def answer(number: int, seconds: float, took_ms: float | None, kind: str = "iq") -> Answer:
    return Answer(
        kind=kind,
        asked_ns=at(seconds),
        took_ns=None if took_ms is None else round(took_ms * 1_000_000),
        what="iq set bind",
        source=packet(number),
    )


def test_slow_answers_stand_higher_and_lead_to_their_rows() -> None:
    board = canvas()
    told = [answer(1, 10, 5), answer(2, 20, 50, "ping"), answer(3, 30, 2_000, "rest")]
    track = answers(board, told, 0)
    assert [spot.kind for spot in track.spots] == ["rest", "ping", "iq"]
    heights = [spot.y for spot in track.spots]
    assert heights == sorted(heights)
    assert [tick.text for tick in track.levels] == ["1 ms", "10 ms", "100 ms", "1 s", "10 s"]
    levels = [tick.at for tick in track.levels]
    assert levels == sorted(levels, reverse=True)
    assert all(track.top + 20 <= at <= track.bottom for at in levels)
    assert [spot.key for spot in track.spots] == ["m1-3", "m1-2", "m1-1"]
    assert track.spots[0].title == "Event for iq set bind: 2.0 s"
    assert [entry.what for entry in board.entries] == [
        "Event for iq set bind",
        "Answer to a ping",
        "Answer to iq set bind",
    ]
    assert (track.paths, track.thinned) == ({}, False)


def test_no_answer_stands_on_top() -> None:
    board = canvas()
    kinds = ("iq", "ping", "rest")
    told = [answer(n, n, None, kind) for n, kind in enumerate(kinds)]
    track = answers(board, told, 0)
    assert {spot.kind for spot in track.spots} == {"unanswered"}
    assert [spot.title for spot in track.spots] == [
        "No answer to iq set bind",
        "No answer to a ping",
        "No event for iq set bind",
    ]
    assert all(spot.y < tick.at for spot in track.spots for tick in track.levels)
    assert all(entry.bad for entry in board.entries)


@pytest.mark.parametrize("took_ms", [0, 0.01, 1, 999, 10_000, 10_000_000, 10**9])
def test_every_latency_has_its_place(took_ms: float) -> None:
    track = answers(canvas(), [answer(1, 1, took_ms)], 0)
    assert track.top <= track.spots[0].y <= track.bottom
    assert len(track.levels) >= 2


def test_of_many_answers_only_the_slowest_near_each_other_are_drawn() -> None:
    told = [answer(n, n / 100, 5 + n % 7) for n in range(5_000)]
    told += [answer(n, 60 + n / 10, 4, "ping") for n in range(20)]
    track = answers(canvas(), told, 0)
    assert len(track.spots) == 8
    assert track.thinned
    assert set(track.paths) == {"iq", "ping"}
    assert sum(map(len, track.paths.values())) < 6_000


def interval(begin: float, end: float, *, late: bool = False, last: bool = False) -> Interval:
    return Interval(begin_ns=at(begin), end_ns=at(end), late=late, last=last, source=packet(1))


def test_a_bar_from_ping_to_ping_as_high_as_it_is_long() -> None:
    board = canvas()
    told = [interval(0, 20), interval(20, 40), interval(40, 41), interval(41, 98, late=True)]
    track = pings(board, [*told, interval(98, 100, last=True)], EXPECTED_NS, 0)
    assert set(track.paths) == {"bar", "late", "last"}
    bars = re.findall(r"M([\d.]+) (\d+)V([\d.]+)H([\d.]+)V(\d+)", track.paths["bar"])
    tops = [float(bar[2]) for bar in bars]
    assert tops[0] == tops[1] < tops[2]
    assert track.levels[0].at == tops[0]
    assert track.levels[0].text == "20 s expected"
    assert track.note == "usually 20.0 s"
    (label,) = track.spots
    assert (label.text, label.key) == ("57.0 s", "m1-1")
    assert [entry.what for entry in board.entries] == ["Until the next ping"]
    assert all(entry.bad for entry in board.entries)


def test_nothing_after_the_last_ping() -> None:
    board = canvas()
    track = pings(board, [interval(43, 100, late=True, last=True)], EXPECTED_NS, 0)
    assert track.note == ""
    assert track.spots[0].title == "No ping any more until the end: 57.0 s"
    assert (board.entries[0].what, board.entries[0].lasts) == (
        "No ping any more until the end",
        "57.0 s",
    )


def test_labels_stand_beside_each_other_and_bars_of_a_pixel_share_it() -> None:
    board = canvas(10_000)
    told = [interval(n * 2, n * 2 + 2, late=True) for n in range(5_000)]
    track = pings(board, told, EXPECTED_NS, 0)
    places = [spot.x for spot in track.spots]
    assert all(b - a > 30 for a, b in pairwise(places))
    assert track.paths["late"].count("M") < 600
    assert places[0] > LEFT
    assert places[-1] < RIGHT
