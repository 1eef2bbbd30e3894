"""What several recordings hold of a session, each part from the one that shows it best."""

import pytest
from msgspec.structs import replace

from analyzer.model.finesse import SystemInfo
from analyzer.model.flow import EndCause, GapReason
from analyzer.model.joined import MatchedBy
from analyzer.model.session import (
    Carrier,
    CloseKind,
    Needs,
    SeenIn,
    Session,
    StepName,
    StepStatus,
)
from analyzer.model.source import HarSource, PacketSource, Side
from analyzer.session.merge import merged
from analyzer.session.same import Group
from tests.rules.climb import climb
from tests.session.test_clocks import later

S = 1_000_000_000

LOCKED = "@tls locked=no-keys alpn=http/1.1 cadence=10 sni=finesse.example.test"
PING = "20.0 C> <iq xmlns='jabber:client' type='get' id='9'><ping xmlns='urn:xmpp:ping'/></iq>"
GOODBYE = "30.0 C> <presence xmlns='jabber:client' type='unavailable'/>"


def seen(text: str, capture: int) -> Session:
    (session,) = climb("\n@also\n".join([*["@har"] * capture, text])).sessions
    return session


def joined(*sessions: Session) -> Session:
    how = tuple(MatchedBy.WEBSOCKET_KEY for _ in sessions)
    return merged(Group(sessions, how))


def of(*texts: str) -> Session:
    return joined(*(seen(text, capture) for capture, text in enumerate(texts)))


def test_packets_that_can_be_read_tell_all() -> None:
    one = of("@har\n@clock 4\n@login", "@login\n40.0 S> [rst]")
    assert one.seen_in is SeenIn.BOTH
    assert one.capture == 1
    assert {stanza.source.capture for stanza in one.stanzas} == {1}
    assert (one.close.kind, one.close.by) == (CloseKind.RST, Side.SERVER)
    assert {Needs.HAR, Needs.PACKETS, Needs.FRAMES, Needs.MESSAGES} <= one.can_see
    assert one.socket_end is not None
    near, har = one.parts
    assert (near.capture, near.matched_by, near.har) == (1, None, False)
    assert (har.capture, har.matched_by, har.har) == (0, MatchedBy.WEBSOCKET_KEY, True)


def test_a_har_tells_what_locked_packets_hide() -> None:
    one = of("@har\n@login", f"{LOCKED}\n@login\n40.0 S> [rst]")
    assert one.carrier is Carrier.WEBSOCKET
    assert {type(stanza.source) for stanza in one.stanzas} == {HarSource}
    assert (one.close.kind, one.close.by) == (CloseKind.RST, Side.SERVER)
    assert isinstance(one.close.source, PacketSource)
    assert one.cadence is None
    assert one.tls is not None
    assert all(gap.reason is not GapReason.ENCRYPTED for gap in one.gaps)
    step = one.step(StepName.TLS)
    assert step is not None
    assert step.status is StepStatus.DONE
    assert isinstance(step.asked, PacketSource)


def test_who_closed_tls_is_told_by_its_records() -> None:
    packets = seen(f"{LOCKED}\n@login\n40.0 S> [fin]", 1)
    assert packets.cadence is not None
    shut = replace(packets, cadence=replace(packets.cadence, closed_by=Side.CLIENT))
    assert joined(seen("@har\n@login", 0), shut).close.by is Side.CLIENT


def test_a_handshake_that_failed_and_what_the_browser_said() -> None:
    error = "@har\n@no-upgrade 0 net::ERR_CERT_AUTHORITY_INVALID"
    one = of(error, "@tls completed=no sni=finesse.example.test alert=C>48\n0.1 C> [fin]")
    step = one.step(StepName.TLS)
    assert step is not None
    assert (step.status, step.detail) == (StepStatus.FAILED, "alert unknown_ca")
    assert one.upgrade is not None
    assert one.upgrade.exchange.error is not None


def test_a_handshake_that_nobody_saw() -> None:
    packets = replace(seen(f"{LOCKED}\n@login", 1), steps=())
    step = joined(seen("@har\n@login", 0), packets).step(StepName.TLS)
    assert step is not None
    assert step.status is StepStatus.DONE  # something went through it


def test_what_a_har_exported_early_does_not_know() -> None:
    """What was said in the half minute behind it, nobody recorded; the records tell when."""
    har, packets = seen("@har\n@login", 0), seen(f"{LOCKED}\n@login\n40.0 S> [rst]", 1)
    assert packets.cadence is not None
    assert packets.cadence.last_ns is not None
    one = joined(har, packets)
    assert one.close.time_ns is not None
    assert one.close.idle_ns == one.close.time_ns - packets.cadence.last_ns
    silent = replace(packets, cadence=None)
    assert joined(har, silent).close.idle_ns is None


def test_an_open_end_has_no_silence_of_its_own() -> None:
    one = of("@har\n@login", f"{LOCKED}\n@login\n@until 60")
    assert one.close.kind is CloseKind.OPEN


def test_a_har_knows_of_an_end_behind_the_capture() -> None:
    one = of(f"@har\n@login\n{GOODBYE}\n40.0 C> [close 1000 bye]", "@login\n@until 3")
    assert one.socket_end is not None
    assert one.close.kind in {CloseKind.CLOSED, CloseKind.WEBSOCKET_CLOSE}


def test_what_was_said_counts_whole_stanzas() -> None:
    """A capture that cut its packets, beside a HAR."""
    packets = seen("@login", 1)
    cut = tuple(replace(stanza, complete=False) for stanza in packets.stanzas)
    one = joined(seen("@har\n@login", 0), replace(packets, stanzas=cut))
    assert {type(stanza.source) for stanza in one.stanzas} == {HarSource}


def test_a_capture_that_began_late_does_not_hide_the_login() -> None:
    one = of("@har\n@login", "@late\n0.9 S> <presence xmlns='jabber:client' from='a@b'/>")
    assert not one.started_late
    assert Needs.START in one.can_see
    step = one.step(StepName.BIND)
    assert step is not None
    assert step.status is StepStatus.DONE


def test_a_late_capture_that_holds_most_still_lacks_the_login() -> None:
    har = seen("@har\n@login until=open", 0)
    late = seen("@late\n" + "\n".join(PING.replace("20.0", str(n)) for n in range(9, 19)), 1)
    one = joined(har, late)
    assert one.started_late
    assert Needs.START not in one.can_see


def test_two_without_a_word() -> None:
    one = of("@har\n@no-upgrade 403 No", "@no-upgrade 403 No")
    assert one.stanza_count == 0
    assert Needs.START in one.can_see
    assert one.upgrade is not None
    assert not one.upgrade.accepted


def test_upgrade_with_its_headers_goes_first() -> None:
    packets, har = seen("@login", 1), seen("@har\n@login", 0)
    assert joined(har, packets).upgrade == packets.upgrade
    poor = replace(packets, can_see=packets.can_see - {Needs.HTTP})
    assert joined(har, poor).upgrade == har.upgrade
    poorer = replace(har, can_see=har.can_see - {Needs.HTTP})
    assert joined(poorer, poor).upgrade == packets.upgrade
    none = replace(packets, upgrade=None)
    assert joined(replace(har, upgrade=None), none).upgrade is None


def test_the_capture_nearest_to_the_client_goes_first() -> None:
    client = seen("@login", 1)
    server = later(seen("@login", 0), 30, -30)
    assert [part.capture for part in joined(server, client).parts] == [1, 0]


def test_two_hars_are_one_session_of_a_har() -> None:
    one = of("@har\n@login", "@har\n@login")
    assert one.seen_in is SeenIn.HAR
    assert [part.har for part in one.parts] == [True, True]


def test_xmpp_on_tcp() -> None:
    one = of("@stream\n@login\n40.0 S> [rst]", "@stream\n@login\n40.0 S> [rst]")
    assert one.carrier is Carrier.TCP
    assert one.seen_in is SeenIn.PACKETS
    assert one.connection is not None
    assert one.connection.ended_by is EndCause.RST


def test_bosh() -> None:
    one = of("@har\n@bosh\n@login", "@bosh\n@login")
    assert one.carrier is Carrier.BOSH
    assert one.bosh is not None
    assert one.bosh.turns


@pytest.mark.parametrize(("first", "second"), [(5, 9), (9, 5), (None, 5), (5, None), (None, None)])
def test_the_latest_word_of_the_server(first: int | None, second: int | None) -> None:
    parts = []
    for capture, at in enumerate((first, second)):
        session = seen("@clock 2\n@login" if capture else "@login", capture)
        info = None if at is None else _info(at, capture)
        parts.append(replace(session, system_info=info))
    info = joined(*parts).system_info
    times = [at for at in (first, second) if at is not None]
    assert (info is None) == (not times)
    if info is not None:
        # By the first clock: what the second says was 2 s earlier.
        assert info.source.capture == (1 if first is None or (second or 0) - 2 > first else 0)
        assert info.clock_offset_ns == (3 * S if info.source.capture == 0 else 5 * S)


def _info(at: int, capture: int) -> SystemInfo:
    source = PacketSource(capture, 1, 1, at * S)
    return SystemInfo(url="", clock_offset_ns=3 * S, source=source)


def test_a_server_that_does_not_tell_the_time() -> None:
    session = seen("@login", 0)
    info = replace(_info(5, 0), clock_offset_ns=None)
    one = joined(replace(session, system_info=info), seen("@login", 1))
    assert one.system_info == info


def test_rest_calls_are_those_of_the_har() -> None:
    call = "0.5 C> [http PUT /finesse/api/User/a 202] <User/>"
    one = of(f"@har\n@login\n{call}", f"{LOCKED}\n@login")
    assert [exchange.request.method for exchange in one.exchanges if exchange.request] == ["PUT"]


def test_each_part_tells_what_it_holds_and_how_much_of_it_the_other_does() -> None:
    one = of(
        f"@login\n{PING}\n40.0 C> <presence xmlns='jabber:client'/>\n50.0 C> [rst]",
        f"@clock 2\n@login\n{PING}\n@until 60",
    )
    near, far = one.parts
    assert near.stanzas == far.stanzas + 1
    assert near.matched == far.matched == far.stanzas
    assert near.connection is not None
    assert far.connection is not None
    causes = (near.connection.ended_by, far.connection.ended_by)
    assert causes == (EndCause.RST, EndCause.CAPTURE_END)
    assert near.began_ns is not None
    assert far.began_ns is not None
    assert abs(near.began_ns - far.began_ns) < S  # by one clock
    assert near.ended_ns is not None
    assert (near.ended_ns - near.began_ns) // S == 50
    assert near.last_stanza == one.stanzas[-1].source


def test_a_part_without_stanzas_matches_none() -> None:
    one = of(LOCKED, "@har\n@login")
    assert {part.matched for part in one.parts} == {0}
    assert [part.last_stanza is None for part in one.parts] == [
        part.stanzas == 0 for part in one.parts
    ]
