"""Recordings of one session side by side."""

from itertools import cycle

import pytest
from lxml import html as lxml_html
from msgspec.structs import replace

from analyzer.model.flow import Connection, DirectionFacts, EndCause, Endpoint, Unacknowledged
from analyzer.model.joined import Disagreed, Disagreement, MatchedBy, Part
from analyzer.model.session import Session
from analyzer.model.source import Direction, Side, Source
from analyzer.model.websocket import SocketEnd
from analyzer.report.drawing.alignment import LEFT, Alignment, alignment
from analyzer.report.language.texts import say
from analyzer.report.language.words import words
from analyzer.report.page.html import environment
from tests.report.reports import (
    START_NS,
    entry,
    har_recording,
    packet,
    packet_recording,
    packet_session,
)

WORDS = words("en")
RECORDINGS = (
    replace(har_recording(), capture=0, name="session.har"),
    replace(packet_recording(), capture=1, name="client.pcapng"),
    replace(packet_recording(), capture=2, name="s" * 90 + ".pcapng"),
)


def at(seconds: float) -> int:
    return START_NS + round(seconds * 1e9)


def connection(capture: int, ended_by: EndCause, side: Side | None = None) -> Connection:
    return Connection(
        capture=capture,
        number=0,
        server=Endpoint("10.0.0.9", 8445),
        opened_ns=START_NS,
        closed_ns=at(9),
        ended_by=ended_by,
        ended_side=side,
        end_source=packet(90, 6, capture),
    )


NEAR = Part(
    capture=1,
    stanzas=5,
    matched=4,
    began_ns=START_NS,
    ended_ns=at(6),
    last_stanza=packet(60, 5, 1),
    connection=connection(1, EndCause.RST, Side.SERVER),
)
HAR = Part(
    capture=0,
    matched_by=MatchedBy.WEBSOCKET_KEY,
    offset_ns=-500_000_000,
    spread_ns=5_500_000,
    compared=4,
    har=True,
    stanzas=4,
    matched=4,
    began_ns=at(0.1),
    ended_ns=at(5.95),
    last_stanza=entry(3, 0.35),
    connection=connection(0, EndCause.CLOSED),
)
FAR = Part(
    capture=2,
    matched_by=MatchedBy.ADDRESSES,
    began_ns=None,
    connection=connection(2, EndCause.CAPTURE_END),
)
SOCKET = SocketEnd(time_ns=at(5.95), open_at_export=False, source=entry(None, 5.95))


def session(**fields: object) -> Session:
    return packet_session(**({"parts": (NEAR, HAR), "socket_end": SOCKET} | fields))


def drawn(told: Session) -> Alignment:
    anchors: dict[Source, str] = {packet(60, 5, 1): "m2-9"}
    made = alignment(told, RECORDINGS, WORDS, anchors)
    assert made is not None
    return made


def ends(part: Part, **fields: object) -> list[str]:
    made = drawn(session(**({"parts": (NEAR, part), "control_frames": ()} | fields)))
    return [fact.what for fact in made.held[1].ends]


def test_of_one_recording_nothing_is_told() -> None:
    assert alignment(session(parts=()), RECORDINGS, WORDS, {}) is None
    assert alignment(session(parts=(NEAR,)), RECORDINGS, WORDS, {}) is None


def test_clocks_and_messages() -> None:
    made = drawn(session())
    assert made.lead == (
        "2 recordings hold this session. All times are by the clock of client.pcapng."
    )
    near, har = made.held
    assert (near.sign, near.clock, near.sure) == ("the others are compared with it", "", "")
    assert (har.sign, har.clock) == ("Sec-WebSocket-Key", "500 ms ahead")
    assert har.sure == "±5.5 ms, by 4 messages"
    assert [(one.messages, one.matched, one.alone) for one in made.held] == [(5, 4, 1), (4, 4, 0)]
    assert (near.x, round(near.x + near.width)) == (LEFT, made.right)
    assert har.x > near.x
    assert (near.ended, har.ended) == (True, True)


@pytest.mark.parametrize(
    ("fields", "clock", "sure"),
    [
        ({"offset_ns": 12_000_000}, "12 ms behind", "±5.5 ms, by 4 messages"),
        ({"offset_ns": 0}, "the same", "±5.5 ms, by 4 messages"),
        ({"spread_ns": None}, "500 ms ahead", "by 4 messages"),
        ({"compared": 0}, "not known: nothing in both has a time", ""),
    ],
)
def test_how_sure_a_clock_is(fields: dict[str, object], clock: str, sure: str) -> None:
    _, har = drawn(session(parts=(NEAR, replace(HAR, **fields)))).held
    assert (har.clock, har.sure) == (clock, sure)


def test_every_sign_has_a_name() -> None:
    for sign in MatchedBy:
        _, har = drawn(session(parts=(NEAR, replace(HAR, matched_by=sign)))).held
        assert har.sign == WORDS[f"alignment.sign.{sign.value}"]


def test_how_each_saw_the_end() -> None:
    near, har = drawn(session()).held
    assert near.last is not None
    assert (near.last.time, near.last.what, near.last.place, near.last.key) == (
        "+5.000",
        "iq get ping",
        "packet 60",
        "m2-9",
    )
    assert [(fact.time, fact.what) for fact in near.ends] == [
        ("+5.900", "Close frame of the server 1012 restart"),
        ("+6.000", "RST from the server"),
    ]
    assert [(fact.time, fact.what) for fact in har.ends] == [
        ("+5.950", "closed; a HAR cannot tell how, nor by whom")
    ]
    assert har.last is not None
    assert har.last.what == ""


def test_the_last_message_of_recordings_that_hold_the_same_is_the_same() -> None:
    parts = (replace(NEAR, matched=5), replace(HAR, stanzas=5, matched=5))
    _, har = drawn(session(parts=parts)).held
    assert har.last is not None
    assert har.last.what == "iq get ping"


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ({"open_at_export": True}, "still open when the HAR was written"),
        ({"error": "net::ERR\u202e"}, r"error in the browser: net::ERR\u202e"),
        ({"code": 1006}, "closed with code 1006"),
    ],
)
def test_what_a_har_tells_of_the_end(end: dict[str, object], told: str) -> None:
    assert ends(HAR, socket_end=replace(SOCKET, **end)) == [told]
    assert ends(HAR, socket_end=None) == ["closed; a HAR cannot tell how, nor by whom"]


@pytest.mark.parametrize(
    ("cause", "side", "told"),
    [
        (EndCause.FIN, None, "FIN"),
        (EndCause.FIN, Side.CLIENT, "FIN from the client"),
        (EndCause.RST, Side.CLIENT, "RST from the client"),
        (EndCause.RST, None, "RST"),
        (EndCause.CAPTURE_END, None, "still open when the recording ended"),
        (EndCause.UNKNOWN, None, "it shows no end"),
    ],
)
def test_what_packets_tell_of_the_end(cause: EndCause, side: Side | None, told: str) -> None:
    assert ends(replace(FAR, connection=connection(2, cause, side))) == [told]


def test_a_side_that_fell_silent() -> None:
    lost = Unacknowledged(300, 5, packet(80, 1, 2), packet(85, 8, 2))
    silent = replace(
        connection(2, EndCause.CAPTURE_END),
        to_server=DirectionFacts(unacknowledged=lost),
        to_client=DirectionFacts(last_ns=START_NS),
    )
    assert ends(replace(FAR, connection=silent)) == [
        "300 octets never acknowledged",
        "still open when the recording ended",
    ]
    assert ends(replace(FAR, connection=None)) == ["it shows no end"]


GONE = Disagreed(
    kind=Disagreement.LEFT_NOT_ARRIVED,
    direction=Direction.TO_SERVER,
    seen=packet(60, 5, 1),
    other=packet(50, 4, 2),
    stanzas=2,
)


def test_where_they_disagree() -> None:
    far = "s" * 90 + ".pcapng"
    told = (
        GONE,
        replace(GONE, kind=Disagreement.ARRIVED_NOT_LEFT, direction=Direction.TO_CLIENT, stanzas=1),
        replace(GONE, kind=Disagreement.CHANGED, octets=80, stanzas=0),
        replace(GONE, kind=Disagreement.NOT_IN_HAR, other=None),
        replace(GONE, kind=Disagreement.END, direction=None),
        replace(GONE, kind=Disagreement.END, direction=None, other=None),
    )
    made = drawn(session(parts=(NEAR, FAR), disagreements=told))
    assert [(one.what, one.amount) for one in made.disputes] == [
        (f"Seen in client.pcapng, never arrived in {far}", "2 messages of the client"),
        (f"Seen in client.pcapng, never sent in {far}", "1 message of the server"),
        ("Not the same in both", "80 octets of the client"),
        ("In the packets, not in the HAR", "2 messages of the client"),
        ("Each recording shows that the other end closed the connection", ""),
        ("One recording shows the end, the other one goes on", ""),
    ]
    assert made.disputes[0].place == f"seen at client.pcapng: packet 60, against {far}: packet 50"
    assert made.disputes[3].place == "seen at client.pcapng: packet 60"
    assert made.disputes[0].key == "m2-9"
    assert made.held[1].label.endswith("…")
    assert not made.held[1].ended


def test_the_first_disagreements_are_listed() -> None:
    made = drawn(session(disagreements=tuple(one for one, _ in zip(cycle([GONE]), range(25)))))
    assert (len(made.disputes), made.more) == (10, 15)


def test_recordings_without_times() -> None:
    parts = tuple(replace(part, began_ns=None, ended_ns=None) for part in (NEAR, HAR, FAR))
    made = drawn(session(parts=parts, disagreements=(GONE,)))
    assert {one.width for one in made.held} == {3.0}
    alone = replace(GONE, other=None)
    made = drawn(session(parts=(NEAR, NEAR), disagreements=(alone,)))
    assert made.disputes[0].what.count("client.pcapng") == 2


@pytest.mark.parametrize("disagreements", [(), (GONE,), (GONE,) * 25])
def test_the_page_shows_them_side_by_side(disagreements: tuple[Disagreed, ...]) -> None:
    source = '{% import "alignment.html" as a with context %}{{ a.alignment(made) }}'
    made = drawn(session(parts=(NEAR, HAR, FAR), disagreements=disagreements))
    written = environment().from_string(source).render(w=WORDS, made=made, say=say)
    tree = lxml_html.fromstring(f"<div>{written}</div>")
    heads = [cell.text for cell in tree.xpath("//table[@class='moment']/thead//th")]
    assert heads == ["client.pcapng", "session.har", "s" * 90 + ".pcapng"]
    assert ("They agree in everything" in written) == (not disagreements)
    assert ("15 more are in the JSON report." in written) == (len(disagreements) > 10)
    assert "style=" not in written


def test_of_many_recordings_the_first_are_shown() -> None:
    made = drawn(session(parts=(NEAR, *[HAR] * 99)))
    assert made.lead.startswith("100 recordings")
    assert len(made.held) == 8
