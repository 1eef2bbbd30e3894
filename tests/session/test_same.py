"""Which sessions of several recordings are one; what may be two is never joined."""

from collections.abc import Iterable, Sequence

import pytest
from msgspec.structs import replace

from analyzer.capture.ladder_text import recordings
from analyzer.model.flow import Endpoint
from analyzer.model.joined import MatchedBy
from analyzer.model.session import SeenIn, Session
from analyzer.model.source import Direction
from analyzer.model.xmpp import Open
from analyzer.session import same
from analyzer.session.same import groups
from analyzer.session.same_time import Effort
from analyzer.session.shift import shifted
from tests.rules.climb import climb

S = 1_000_000_000

LOCKED = "@tls locked=no-keys alpn=http/1.1 cadence=10 sni=finesse.example.test"
OTHER_KEY = "@request Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n@response Sec-WebSocket-Accept:"
NO_KEY = "@request Sec-WebSocket-Key:\n@response Sec-WebSocket-Accept:"
MIDWAY = """
@late
{key}
20.0 C> <iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>
20.1 S> <iq xmlns='jabber:client' type='result' id='1'/>
40.0 C> <iq xmlns='jabber:client' type='get' id='2'><ping xmlns='urn:xmpp:ping'/></iq>
40.1 S> <iq xmlns='jabber:client' type='result' id='2'/>
"""


def seen(*texts: str) -> list[Session]:
    """The sessions of some recordings, none of them joined."""
    found = []
    for capture, text in enumerate(texts):
        sessions = [session for part in recordings(text) for session in climb(part).sessions]
        found += [replace(_of(session, capture), capture=capture) for session in sessions]
    return found


def _of(session: Session, capture: int) -> Session:
    connection = session.connection
    assert connection is not None
    return replace(session, connection=replace(connection, capture=capture))


def by(sessions: Sequence[Session]) -> list[tuple[tuple[int, ...], set[str]]]:
    """What is joined, and by what."""
    return [
        (tuple(one.capture for one in group.members), {str(how) for how in group.matched_by})
        for group in groups(sessions)
    ]


def test_the_key_of_a_websocket() -> None:
    assert by(seen("@login", "@har\n@login")) == [((0, 1), {"Sec-WebSocket-Key"})]
    assert by(seen("@har\n@login", "@login", "@login")) == [((0, 1, 2), {"Sec-WebSocket-Key"})]


def test_the_accept_is_as_good_as_the_key() -> None:
    answer = "@request Sec-WebSocket-Key:\n@login"
    assert by(seen("@login", answer)) == [((0, 1), {"Sec-WebSocket-Key"})]


def test_sessions_of_one_recording_are_never_one() -> None:
    assert by(seen("@login\n@connection 30\n@login")) == []


def test_the_stream_of_a_proxy() -> None:
    assert by(seen(f"{NO_KEY}\n@login", f"{NO_KEY}\n@login")) == [((0, 1), {"stream id"})]
    assert by(seen("@login", f"{OTHER_KEY}\n@login")) == [((0, 1), {"stream id"})]


def test_another_stream_is_another_session() -> None:
    (one, other) = seen("@login", "@login")
    renamed = replace(other, jid="b@example.test/desktop")
    assert groups([one, renamed]) == []


def test_the_session_id_of_bosh() -> None:
    assert by(seen("@bosh\n@login", "@har\n@bosh\n@login")) == [((0, 1), {"stream id"})]
    assert by(seen("@bosh sid=a\n@login", "@har\n@bosh sid=b\n@login")) == []
    one, other = seen("@bosh\n@login", "@har\n@bosh\n@login")
    assert other.bosh is not None
    nameless = replace(other, bosh=replace(other.bosh, sid=None))
    assert by([one, nameless]) == [((0, 1), {"stanzas"})]
    cut = [replace(stanza, complete=False) for stanza in other.stanzas]
    assert groups([one, replace(nameless, stanzas=tuple(cut), connection=None)]) == []


def test_what_was_said() -> None:
    midway = MIDWAY.format(key="")
    har = "@har\n@clock 3\n@login" + midway.replace("@late", "")
    assert by(seen(midway, har)) == [((0, 1), {"stanzas"})]


@pytest.mark.parametrize("ahead_s", [700, -700])
def test_the_same_words_on_another_day(ahead_s: int) -> None:
    one, other = seen(MIDWAY.format(key=""), MIDWAY.format(key=""))
    assert groups([one, shifted(other, ahead_s * S)]) == []


def test_the_same_words_at_another_pace() -> None:
    one, other = seen(MIDWAY.format(key=""), MIDWAY.format(key="").replace("40.", "90."))
    moved = replace(other, connection=None)
    assert groups([one, moved]) == []


def test_of_two_sessions_that_say_the_same_neither_is_told() -> None:
    twice = MIDWAY.format(key="") + "@connection 60\n" + MIDWAY.format(key="")
    found = seen(MIDWAY.format(key=""), twice)
    assert len(found) == 3
    bare = [replace(one, connection=None) for one in found]
    assert groups(bare) == []


def test_the_random_of_tls() -> None:
    one, other = seen(f"{LOCKED}\n@login", f"{LOCKED}\n@login")
    assert one.tls is not None
    assert other.tls is not None
    same_tls = [
        replace(session, tls=replace(session.tls, client_random="aa"), connection=None)
        for session in (one, other)
        if session.tls is not None
    ]
    assert by(same_tls) == [((0, 1), {"TLS client random"})]
    another = replace(other, tls=replace(other.tls, client_random="bb"))
    assert groups([same_tls[0], another]) == []


def test_both_ends_of_a_connection() -> None:
    assert by(seen(f"{LOCKED}\n@login", f"{LOCKED}\n@clock 3\n@login")) == [
        ((0, 1), {"addresses and time"})
    ]
    assert by(seen(f"{LOCKED}\n@login", f"{LOCKED}\n@clock 7000\n@login")) == []


def test_ports_are_used_again() -> None:
    """A capture that is too long for the ends of a connection to tell."""
    one, other = seen(f"{LOCKED}\n@login", f"{LOCKED}\n@login")
    again = replace(other, number=9)
    assert groups([one, other, again]) == []


def test_of_both_sides_of_a_proxy_that_at_the_hars_server() -> None:
    har, front, back = seen("@har\n@login", "@login\n@connection 10\n@login")
    assert back.connection is not None
    behind = replace(back, connection=replace(back.connection, server=Endpoint("::1", 80)))
    (group,) = groups([har, front, behind])
    assert group.members == (har, front)
    lost = [replace(one, connection=None) for one in (front, behind)]
    assert groups([har, *lost]) == []


HAR_END = "\n40.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>\n40.1 C> [close]"


def test_a_har_beside_what_nobody_can_read() -> None:
    assert by(seen("@har\n@login", f"{LOCKED}\n@login\n50.0 C> [fin]")) == [
        ((0, 1), {"addresses and time"})
    ]


def test_another_server_is_another_session() -> None:
    har = "@har\n@url wss://other.example.test:8445/ws/\n@login"
    assert by(seen(har, f"{LOCKED}\n@login\n50.0 C> [fin]")) == []
    port = "@har\n@url wss://finesse.example.test:7443/ws/\n@login"
    assert by(seen(port, f"{LOCKED}\n@login\n50.0 C> [fin]")) == []


def test_a_name_that_is_not_known_is_no_other() -> None:
    nameless = LOCKED.replace(" sni=finesse.example.test", "")
    assert by(seen("@har\n@login", f"{nameless}\n@login\n50.0 C> [fin]")) == [
        ((0, 1), {"addresses and time"})
    ]


def test_another_time_is_another_session() -> None:
    assert by(seen("@har\n@clock 4\n@login", f"{LOCKED}\n@login\n50.0 C> [fin]")) == []


def test_of_two_at_one_time_neither_is_told() -> None:
    two = f"{LOCKED}\n@login\n@connection 0.1\n{LOCKED}\n@login"
    assert by(seen("@har\n@login", two)) == []


def test_of_several_clients_one_that_ended_with_the_har() -> None:
    har, mine, others = _crowd(ended=False)
    assert groups([har, mine, others]) == []
    har, mine, others = _crowd(ended=True)
    (group,) = groups([har, mine, others])
    assert group.members == (har, mine)


def _crowd(*, ended: bool) -> Iterable[Session]:
    """A HAR, its connection, and one of somebody else an hour before."""
    har, mine, other = seen("@har\n@login", f"{LOCKED}\n@login\n50.0 C> [fin]", f"{LOCKED}\n@login")
    assert other.connection is not None
    assert mine.close.time_ns is not None
    elsewhere = replace(other.connection, client=Endpoint("192.0.2.99", 50_000))
    other = replace(shifted(other, -3_600 * S), capture=1)
    other = replace(other, connection=shifted(elsewhere, -3_600 * S))
    if ended:
        end = replace(har.close, kind=mine.close.kind, time_ns=mine.close.time_ns - S)
        har = replace(har, close=end)
    return har, mine, other


def test_a_har_that_ended_much_earlier() -> None:
    har, mine = seen("@har\n@login", f"{LOCKED}\n@login\n50.0 C> [fin]")
    early = replace(har, close=replace(har.close, time_ns=(mine.close.time_ns or 0) - 20 * S))
    kind = mine.close.kind
    early = replace(early, close=replace(early.close, kind=kind))
    assert groups([early, mine]) == []


def test_a_capture_that_began_later_is_told_by_its_end() -> None:
    har, late = seen("@har\n@login", f"{LOCKED}\n@login\n50.0 C> [fin]")
    assert late.connection is not None
    closed = replace(har.close, kind=late.close.kind, time_ns=(late.close.time_ns or 0) + S)
    har = replace(har, close=closed)
    unseen = replace(late.connection, syn_seen=False)
    late = replace(late, connection=replace(unseen, opened_ns=(unseen.opened_ns or 0) + 9 * S))
    assert by([har, late]) == [((0, 1), {"addresses and time"})]
    early = replace(late, connection=replace(unseen, opened_ns=(unseen.opened_ns or 0) - 9 * S))
    assert groups([har, early]) == []


def test_sockets_that_never_came_about_have_no_times() -> None:
    error = "@har\n@no-upgrade 0 net::ERR_CERT_AUTHORITY_INVALID"
    failed = "@tls completed=no sni=finesse.example.test\n0.1 C> [fin]"
    har, packets = seen(error, failed)
    assert har.connection is not None
    har = replace(har, connection=replace(har.connection, opened_ns=None), upgrade=None)
    assert by([har, packets]) == [((0, 1), {"addresses and time"})]
    passed = replace(packets, steps=())
    assert groups([har, passed]) == []


def test_what_has_no_connection_is_not_told_by_times() -> None:
    har, packets = seen("@har\n@login", f"{LOCKED}\n@login")
    assert groups([replace(har, connection=None), packets]) == []


def test_an_address_that_is_none() -> None:
    har, packets = seen("@har\n@login", f"{LOCKED}\n@login\n50.0 C> [fin]")
    assert by([replace(har, url="wss://[::1"), packets]) == [((0, 1), {"addresses and time"})]


def test_too_many_alike_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same, "ALIKE", 1)
    effort = Effort(0)
    assert groups(seen("@login", "@har\n@login"), effort) == []
    assert effort.spent


def test_a_key_that_many_share_does_not_keep_others_apart() -> None:
    """As a proxy that answers all upgrades alike; what is looked at grows with the sessions."""
    alike = [replace(one, capture=n % 2) for n, one in enumerate(seen("@login") * 60)]
    other = seen(f"{OTHER_KEY}\n@login user=b", f"{OTHER_KEY}\n@login user=b")
    effort = Effort(len(alike))
    assert by([*alike, *other]) == [((0, 1), {"Sec-WebSocket-Key"})]
    assert [group.members for group in groups([*alike, *other], effort)] == [tuple(other)]
    assert effort.spent


def test_many_streams_that_all_sessions_share_take_no_longer() -> None:
    """Each key alone may be looked at, all of them together may not."""
    session = seen(f"{NO_KEY}\n@login")[0]
    opening = next(one for one in session.negotiation if isinstance(one.payload, Open))
    streams = tuple(
        replace(opening, direction=Direction.TO_CLIENT, payload=Open(stream_id=str(n)))
        for n in range(200)
    )
    one = replace(session, negotiation=streams, stanzas=(), connection=None, jid=None)
    effort = Effort(10_000)
    assert groups([replace(one, capture=n % 2) for n in range(100)], effort) == []
    assert effort.spent


def test_groups_that_grow_are_not_compared_member_by_member() -> None:
    one = seen("@login")[0]
    other = seen(f"{OTHER_KEY}\n@login")[0]
    sessions = [replace((one, other)[n % 2], capture=n, jid=None) for n in range(60)]
    effort = Effort(5_000)
    found = groups(sessions, effort)
    assert sorted(len(group.members) for group in found) == [30, 30]
    assert effort.spent
    (whole,) = groups(sessions[:8])
    assert len(whole.members) == 8


def test_members_stand_in_the_order_of_their_recordings() -> None:
    one, other = seen("@login", "@har\n@login")
    (group,) = groups([other, one])
    assert [member.capture for member in group.members] == [0, 1]
    assert group.matched_by == (MatchedBy.WEBSOCKET_KEY, MatchedBy.WEBSOCKET_KEY)
    assert other.seen_in is SeenIn.HAR


def test_sequence_numbers_go_through_nat() -> None:
    one, other = seen(f"{LOCKED}\n@login", f"{LOCKED}\n@login")
    assert one.connection is not None
    assert other.connection is not None
    near = replace(one, connection=replace(one.connection, sequence=(7, 8)))
    routed = replace(other.connection, sequence=(7, 8), client=Endpoint("203.0.113.9", 6_000))
    far = replace(other, connection=routed)
    assert by([near, far]) == [((0, 1), {"TCP sequence numbers"})]
    later = replace(far, connection=replace(routed, sequence=(7, 9)))
    assert groups([near, later]) == []
    assert groups([near, shifted(far, 7_000 * S)]) == []
