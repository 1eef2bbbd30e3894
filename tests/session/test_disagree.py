"""Where two recordings of a session contradict each other, and where they only seem to."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import DirectionFacts, EndCause
from analyzer.model.joined import Disagreed, Disagreement
from analyzer.model.session import Session
from analyzer.model.source import Direction
from analyzer.model.tls import RecordFacts
from analyzer.session.disagree import disagreements
from tests.rules.climb import climb

PING = "{at} C> <iq xmlns='jabber:client' type='get' id='{id}'><ping xmlns='urn:xmpp:ping'/></iq>"
LOCKED = "@tls locked=no-keys alpn=http/1.1 cadence=10\n@login"
KIND = Disagreement


def seen(text: str) -> Session:
    (session,) = climb(text).sessions
    return session


def ping(at: float, name: str) -> str:
    return PING.format(at=at, id=name)


def told(*texts: str) -> list[tuple[Disagreement, int]]:
    return kinds(disagreements([seen(text) for text in texts]))


def kinds(found: tuple[Disagreed, ...]) -> list[tuple[Disagreement, int]]:
    return [(one.kind, one.stanzas) for one in found]


def test_one_recording_agrees_with_itself() -> None:
    assert told("@login") == []
    assert told("@har\n@login", "@har\n@login") == []


def test_what_left_and_never_arrived() -> None:
    far = f"@login\n{ping(10, 'a')}\n@until 60"
    near = f"@login\n{ping(10, 'a')}\n{ping(20, 'b')}\n{ping(30, 'c')}\n@until 60"
    (lost,) = disagreements([seen(near), seen(far)])
    assert (lost.kind, lost.stanzas) == (KIND.LEFT_NOT_ARRIVED, 2)
    assert lost.direction is Direction.TO_SERVER
    assert lost.other is not None
    assert lost.other.time_ns == seen(far).stanzas[-1].source.time_ns


def test_what_is_lost_one_by_one_is_told_one_by_one() -> None:
    near = "\n".join(["@login", *(ping(10 + n, f"p{n}") for n in range(5)), "@until 60"])
    far = "\n".join(["@login", *(ping(10 + n, f"p{n}") for n in (0, 2, 4)), "@until 60"])
    assert told(near, far) == [(KIND.LEFT_NOT_ARRIVED, 1)] * 2


def test_nothing_at_all_arrived() -> None:
    near = f"@login until=connect\n{ping(10, 'a')}\n@until 60"
    far = "@login until=connect\n10.0 S> <presence xmlns='jabber:client'/>\n@until 60"
    (lost, sent) = disagreements([seen(near), seen(far)])
    assert (lost.other, sent.other) == (None, None)
    assert sent.direction is Direction.TO_CLIENT


def test_what_arrived_and_never_left() -> None:
    near, far = "@login\n@until 60", f"@login\n{ping(20, 'b')}\n@until 60"
    assert told(near, far) == [(KIND.ARRIVED_NOT_LEFT, 1)]


def test_what_was_changed() -> None:
    message = "20.0 S> <message xmlns='jabber:client' id='1'><body>{}</body></message>\n@until 60"
    near, far = (f"@login\n{message.format(word)}" for word in ("one", "two"))
    (one,) = disagreements([seen(near), seen(far)])
    assert (one.kind, one.stanzas) == (KIND.CHANGED, 1)


def test_other_stanzas_are_no_change() -> None:
    near, far = f"@login\n{ping(20, 'a')}\n@until 60", f"@login\n{ping(20, 'b')}\n@until 60"
    assert sorted(told(near, far)) == [(KIND.ARRIVED_NOT_LEFT, 1), (KIND.LEFT_NOT_ARRIVED, 1)]


def test_another_order_is_none() -> None:
    near = f"@login\n{ping(20, 'a')}\n{ping(21, 'b')}\n@until 60"
    far = f"@login\n{ping(20, 'b')}\n{ping(21, 'a')}\n@until 60"
    assert told(near, far) == [(KIND.ARRIVED_NOT_LEFT, 1)]


@pytest.mark.parametrize("far", ["@login", "@login\n15.0 C> [gap 90]\n@until 60"])
def test_who_did_not_look_saw_nothing(far: str) -> None:
    assert told(f"@login\n{ping(20, 'b')}\n@until 60", far) == []


def test_a_stanza_without_a_time_tells_nothing() -> None:
    near, far = seen(f"@login\n{ping(20, 'b')}\n@until 60"), seen("@login\n@until 60")
    last = near.stanzas[-1]
    bare = replace(last, source=replace(last.source, time_ns=None))
    assert disagreements([replace(near, stanzas=(*near.stanzas[:-1], bare)), far]) == ()


def test_octets_of_what_nobody_can_read() -> None:
    near, far = f"{LOCKED}\n{ping(20, 'b')}\n50.0 C> [rst]", f"{LOCKED}\n60.0 S> [rst]"
    (lost,) = disagreements([seen(near), seen(far)])
    assert lost.kind is KIND.LEFT_NOT_ARRIVED
    assert lost.octets
    assert lost.stanzas == 0


def test_octets_are_counted_only_where_all_were_seen() -> None:
    near, far = seen(f"{LOCKED}\n{ping(20, 'b')}\n50.0 C> [rst]"), seen(f"{LOCKED}\n60.0 S> [rst]")
    assert near.connection is not None
    assert far.connection is not None
    late = replace(far, connection=replace(far.connection, syn_seen=False))
    assert disagreements([near, late]) == ()
    holes = DirectionFacts(octets=1, lost=9)
    holed = replace(far, connection=replace(far.connection, to_server=holes))
    assert disagreements([near, holed]) == ()
    uncounted = replace(far, connection=replace(far.connection, to_server=None))
    assert disagreements([near, uncounted]) == ()
    assert disagreements([near, replace(far, recorded_until_ns=None)]) == ()
    assert disagreements([replace(near, connection=None), far]) == ()


def test_octets_of_two_connections_are_not_compared() -> None:
    near, far = seen(f"{LOCKED}\n{ping(20, 'b')}\n50.0 C> [rst]"), seen(f"{LOCKED}\n60.0 S> [rst]")
    assert near.tls is not None
    assert far.tls is not None
    one = replace(near, tls=replace(near.tls, client_random="aa"))
    other = replace(far, tls=replace(far.tls, client_random="bb"))
    assert disagreements([one, other]) == ()
    same = replace(far, tls=replace(far.tls, client_random="aa"))
    assert len(disagreements([one, same])) == 1
    assert disagreements([replace(one, connection=None), same]) == ()
    assert disagreements([replace(near, tls=None), replace(far, tls=None)]) == ()
    assert one.tls is not None
    silent = replace(one, tls=replace(one.tls, to_server=RecordFacts()))
    assert disagreements([silent, same]) == ()


def test_an_end_that_each_lays_to_the_other() -> None:
    (end,) = disagreements([seen("@login\n40.0 S> [rst]"), seen("@login\n40.0 C> [fin]")])
    assert end.kind is KIND.END
    assert end.other is not None


def test_an_end_that_one_side_alone_saw() -> None:
    for texts in (
        ("@login\n40.0 S> [rst]", "@login\n@until 60"),
        ("@login\n@until 60", "@login\n40.0 C> [rst]"),
    ):
        (end,) = disagreements([seen(text) for text in texts])
        assert (end.kind, end.other) == (KIND.END, None)


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ("@login\n40.0 C> [fin]", "@login\n40.0 C> [fin]"),
        ("@login\n40.0 C> [fin]", "@login\n40.0 S> [fin]"),
        ("@login\n40.0 S> [rst]", "@login\n@until 40.5"),
        ("@login\n@until 40.5", "@login\n40.0 C> [rst]"),
        ("@login\n40.0 S> [rst]", "@login\n40.0 S> [rst]"),
    ],
)
def test_ends_that_agree(near: str, far: str) -> None:
    assert told(near, far) == []


def test_an_end_without_a_connection_or_a_time() -> None:
    near, far = seen("@login\n40.0 S> [rst]"), seen("@login\n@until 60")
    assert disagreements([replace(near, connection=None), far]) == ()
    assert near.connection is not None
    assert near.connection.end_source is not None
    place = replace(near.connection.end_source, time_ns=None)
    timeless = replace(near, connection=replace(near.connection, end_source=place))
    assert disagreements([timeless, far]) == ()
    assert near.connection.ended_by is EndCause.RST


def test_requests_of_bosh_have_many_ends() -> None:
    near = "@bosh\n@login\n40.0 S> [rst]"
    far = "@bosh\n@login\n40.0 C> [rst]"
    assert KIND.END not in [kind for kind, _ in told(near, far)]


def test_what_the_browser_did_not_record() -> None:
    more = "20.0 S> <presence xmlns='jabber:client' from='x@y'/>"
    (less,) = disagreements([seen(f"@login\n{more}"), seen("@har\n@login")])
    assert (less.kind, less.stanzas) == (KIND.NOT_IN_HAR, 1)
    assert less.other is not None
    assert told(f"@login\n{more}", "@har\n@no-upgrade 403 No") == []


def test_a_browser_that_recorded_one_direction() -> None:
    sent = "@har\n@login until=connect\n20.0 C> <presence xmlns='jabber:client'/>"
    (less,) = disagreements(
        [
            seen(
                "@login until=connect\n20.0 C> <presence xmlns='jabber:client'/>\n"
                "21.0 S> <presence xmlns='jabber:client' from='x@y'/>"
            ),
            seen(sent),
        ]
    )
    assert (less.direction, less.other) == (Direction.TO_CLIENT, None)


def test_behind_the_end_of_the_stream_a_browser_records_no_more() -> None:
    close = "xmlns='urn:ietf:params:xml:ns:xmpp-framing'"
    packets = f"@login\n30.0 C> <close {close}/>\n30.1 S> <close {close}/>"
    assert told(packets, f"@har\n@login\n30.0 C> <close {close}/>") == []


def test_octets_behind_nat_are_those_of_one_connection() -> None:
    near, far = seen(f"{LOCKED}\n{ping(20, 'b')}\n50.0 C> [rst]"), seen(f"{LOCKED}\n60.0 S> [rst]")
    assert near.connection is not None
    assert far.connection is not None
    routed = replace(far.connection, client=None)
    assert disagreements([near, replace(far, connection=routed)]) == ()
    one = replace(near, connection=replace(near.connection, sequence=(7, 8)))
    other = replace(far, connection=replace(routed, sequence=(7, 8)))
    assert [found.octets is not None for found in disagreements([one, other])] == [True]


def test_what_a_browser_sent_and_no_packet_brought() -> None:
    har, end = f"@har\n@login\n{ping(20, 'a')}\n@until 60", "@login\n60.0 S> [rst]"
    (lost,) = disagreements([seen(end), seen(har)])
    assert (lost.kind, lost.stanzas) == (KIND.LEFT_NOT_ARRIVED, 1)
    assert lost.direction is Direction.TO_SERVER
    assert lost.other is not None
    assert told("@login\n@until 60", har) == [(KIND.LEFT_NOT_ARRIVED, 1)]


@pytest.mark.parametrize(
    "packets",
    [
        "@login\n20.5 S> [rst]",  # the socket went down
        "@login\n@until 20",
        "@login\n15.0 C> [gap 90]\n@until 60",
        f"@login\n{ping(20, 'b')}\n@until 60",  # changed, for another rule to say
        f"{LOCKED}\n@until 60",
    ],
)
def test_what_a_browser_sent_in_vain_or_unseen(packets: str) -> None:
    har = f"@har\n@login\n{ping(20, 'a')}\n@until 60"
    assert KIND.LEFT_NOT_ARRIVED not in [kind for kind, _ in told(packets, har)]
