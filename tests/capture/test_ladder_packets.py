"""A ladder of packets delivers octets, holes and ends as a capture does."""

from analyzer.capture.ladder_packets import PacketLadder
from analyzer.capture.ladder_text import parse
from analyzer.model.events import Item
from analyzer.model.flow import Chunk, Connection, End, EndCause, Gap, GapReason, Provenance
from analyzer.model.http import Exchange
from analyzer.model.source import Direction, PacketSource, Side
from analyzer.model.websocket import Message, Upgrade
from analyzer.protocol.tower import Tower

C, S = Direction.TO_SERVER, Direction.TO_CLIENT
MS = 1_000_000
ORIGIN = 1_000_000 * MS


def ladder(text: str) -> PacketLadder:
    script = parse(text)
    assert script.wrong == []
    return PacketLadder(script, 1, ORIGIN)


def read(text: str) -> dict[int, list[Item]]:
    items: dict[int, list[Item]] = {}
    for number, some in ladder(text).items():
        items.setdefault(number, []).extend(some)
    for some in items.values():
        assert isinstance(some[-1], Connection)
        assert sum(isinstance(item, Connection) for item in some) == 1
    return items


def connection(text: str) -> tuple[list[Item], Connection]:
    (items,) = read(text).values()
    *others, last = items
    assert isinstance(last, Connection)
    return others, last


def test_octets_follow_each_other_in_numbered_packets() -> None:
    items, _ = connection("@raw\n1 C> ab\n2 C> c\n3 S> [octets 00ff]")
    assert [item for item in items if isinstance(item, Chunk)] == [
        Chunk(C, 0, b"ab", Provenance((0,), (3,), (ORIGIN + 1000 * MS,))),
        Chunk(C, 2, b"c", Provenance((2,), (4,), (ORIGIN + 2000 * MS,))),
        Chunk(S, 0, b"\0\xff", Provenance((0,), (5,), (ORIGIN + 3000 * MS,))),
    ]


def test_still_open() -> None:
    items, last = connection("1 C> <a/>\n@until 9")
    assert [i.cause for i in items if isinstance(i, End)] == [EndCause.CAPTURE_END] * 2
    assert (last.ended_by, last.ended_side, last.end_source) == (EndCause.CAPTURE_END, None, None)
    assert last.closed_ns == ORIGIN + 9000 * MS
    assert (last.syn_seen, last.syn_ack_seen, last.connect_ns) == (True, True, MS)
    assert last.opened_source == PacketSource(1, 1, 1, last.opened_ns)


def test_until_before_the_last_line_says_nothing() -> None:
    _, last = connection("5 C> <a/>\n@until 2")
    assert last.closed_ns == ORIGIN + 5000 * MS


def test_fin() -> None:
    items, last = connection("1 C> <a/>\n2 S> [fin]\n3 C> <b/>\n4 C> [fin]")
    ends = [item for item in items if isinstance(item, End)]
    assert [(end.direction, end.cause) for end in ends] == [
        (S, EndCause.FIN),
        (C, EndCause.FIN),
    ]
    assert (last.ended_by, last.ended_side) == (EndCause.FIN, Side.SERVER)
    assert last.end_source == ends[0].source
    items, last = connection("1 C> <a/>\n2 C> [fin]")
    assert [i.direction for i in items if isinstance(i, End)] == [C, S]
    assert last.ended_side is Side.CLIENT


def test_rst_ends_both_directions() -> None:
    items, last = connection("1 C> <a/>\n2 S> [rst]")
    assert [i.cause for i in items if isinstance(i, End)] == [EndCause.RST] * 2
    assert (last.ended_by, last.ended_side) == (EndCause.RST, Side.SERVER)


def test_gaps() -> None:
    items, last = connection("@raw\n1 C> ab\n2 C> [gap 3]\n3 C> [gap 2 snaplen]\n4 C> c")
    gaps = [item for item in items if isinstance(item, Gap)]
    assert [(g.offset, g.length, g.reason) for g in gaps] == [
        (2, 3, GapReason.LOST),
        (5, 2, GapReason.SNAPLEN),
    ]
    assert [i.offset for i in items if isinstance(i, Chunk)] == [0, 7]
    assert last.to_server is not None
    assert (last.to_server.octets, last.to_server.lost, last.to_server.packets) == (3, 5, 5)


def test_stated_facts() -> None:
    _, last = connection("@tcp to_server.retransmitted=90 to_client.zero_windows=2\n1 C> <a/>")
    assert last.to_server is not None
    assert last.to_client is not None
    assert (last.to_server.retransmitted, last.to_server.zero_windows) == (90, 0)
    assert (last.to_client.retransmitted, last.to_client.zero_windows) == (0, 2)


def test_late() -> None:
    items, last = connection("@late\n1 S> <a/>")
    gaps = [item for item in items if isinstance(item, Gap)]
    assert {gap.direction for gap in gaps} == {C, S}
    assert {gap.reason for gap in gaps} == {GapReason.LATE_START}
    assert (last.syn_seen, last.syn_ack_seen, last.connect_ns) == (False, False, None)
    _, last = connection("@late")
    assert last.opened_ns is None


def test_no_connection() -> None:
    items, last = connection("@no-connect silent")
    assert not any(isinstance(item, Chunk) for item in items)
    assert (last.syn_seen, last.syn_ack_seen) == (True, False)
    assert last.ended_by is EndCause.CAPTURE_END
    assert last.to_server is not None
    assert last.to_server.packets == 3
    _, last = connection("@no-connect refused")
    assert (last.ended_by, last.ended_side, last.syn_ack_seen) == (
        EndCause.RST,
        Side.SERVER,
        False,
    )


def test_tls_hides_what_is_said() -> None:
    items, _ = connection("@tls\n1 C> <a/>\n2 S> [error not seen here]")
    sent = b"".join(i.octets for i in items if isinstance(i, Chunk) and i.direction is C)
    assert sent[:1] == b"\x16"
    assert b"\x17\x03\x03" in sent
    assert len([i for i in items if isinstance(i, Chunk)]) == 3


def test_an_upgrade_is_decoded_by_the_tower() -> None:
    tower = Tower(1)
    events = [
        event
        for _, items in ladder("@login\n5 C> [text fin=0] <a\n6 C> [continuation] />").items()
        for event in tower.feed(items)
    ]
    (upgrade,) = [event for event in events if isinstance(event, Upgrade)]
    assert upgrade.accepted
    assert upgrade.accept_valid
    assert upgrade.exchange.request is not None
    assert upgrade.exchange.request.url == "wss://finesse.example.test:8445/ws/"
    messages = [event for event in events if isinstance(event, Message)]
    assert len(messages) == 20
    assert messages[-1].payload == b"<a/>"


def test_a_refused_upgrade() -> None:
    items, _ = connection("@url ws://a.test:80/ws/\n@no-upgrade 403 Forbidden")
    asked, answered = [item for item in items if isinstance(item, Chunk)]
    assert asked.octets.startswith(b"GET /ws/ HTTP/1.1\r\nHost: a.test:80\r\n")
    assert answered.octets == b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    items, _ = connection("@no-upgrade 0")
    assert len([item for item in items if isinstance(item, Chunk)]) == 1


def test_calls() -> None:
    items, _ = connection("1 C> [http GET /x 200 a=b response.c=d] hi")
    asked, answered = [item for item in items if isinstance(item, Chunk)]
    assert asked.octets.endswith(b"\r\na: b\r\n\r\n")
    assert answered.octets == b"HTTP/1.1 200 -\r\nContent-Length: 2\r\nc: d\r\n\r\nhi"
    items, _ = connection("1 C> [http GET /x 0]")
    assert len([item for item in items if isinstance(item, Chunk)]) == 1


def test_connections_are_delivered_in_order_of_time() -> None:
    text = "@raw\n1 C> a\n9 C> b\n10 S> [fin]\n@connection 2\n@raw\n3 C> c"
    order = [(n, type(i).__name__) for n, items in ladder(text).items() for i in items]
    chunks = [number for number, name in order if name == "Chunk"]
    assert chunks == [0, 1, 0]
    assert order.index((0, "Connection")) < order.index((1, "Connection"))


def test_facts() -> None:
    facts = ladder("@raw\n1 C> a\n@connection 2\n@raw\n3 C> c").facts()
    assert (facts.packets, facts.connections, facts.followed) == (6, 2, 2)
    assert facts.link_types == {"Ethernet": 6}
    assert facts.last_ns == ORIGIN + 3000 * MS
    facts = ladder("").facts()
    assert (facts.packets, facts.link_types, facts.first_ns, facts.last_ns) == (0, {}, None, None)


def test_an_answer_before_its_request_is_none() -> None:
    """Seconds that go back: the request is told, as one that nothing answered."""
    posts = [
        item
        for item in read("@bosh\n5.3 C> <presence/>\n5.2 S> <message/>")[0]
        if isinstance(item, Exchange)
    ]
    assert [post.request is not None for post in posts] == [True] * len(posts)
    assert posts[-1].response is None
