"""How a session ended, who ended it, and whether that is a fault."""

import pytest
from msgspec.structs import replace

from analyzer.model.events import Event
from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.session import CloseKind, SeenIn, SessionClose, StepName, StepStatus
from analyzer.model.source import Direction, Side
from analyzer.model.tls import Locked, TlsAlert, TlsFacts
from analyzer.model.websocket import Opcode, SocketEnd
from analyzer.rules.http2.conversation import OPENED
from analyzer.session.build import Builder
from tests.rules.climb import climb
from tests.session.conversation import (
    CLOSE,
    PROFILE,
    UNAVAILABLE,
    Line,
    at,
    auth,
    built,
    failure,
    frame,
    goodbye,
    har_end,
    login,
    messages,
    ns,
    session,
    stream_error,
    tcp,
    upgrade,
)
from tests.session.test_cadence import records

FIN = tcp(EndCause.FIN, 9.0, Side.SERVER)
RST = tcp(EndCause.RST, 9.0, Side.SERVER)
HERE = login()


def close_frame(seconds: float, way: str, code: int | None, reason: bytes = b"") -> Event:
    body = b"" if code is None else code.to_bytes(2) + reason
    return frame(seconds, way, Opcode.CLOSE, body)


def close(lines: list[Line], *end: Event, har: bool = False) -> SessionClose:
    return session(lines, end or None, har=har).close


# what the stanzas say comes first


def test_a_stream_error_is_the_end_whatever_follows() -> None:
    lines: list[Line] = [*HERE, (5.0, "S>", stream_error("conflict")), (5.1, "S>", CLOSE)]
    found = close(lines, close_frame(5.2, "S>", 1000, b"Stream closed"), RST)
    assert (found.kind, found.by, found.orderly) == (CloseKind.STREAM_ERROR, Side.SERVER, False)
    assert (found.condition, found.code, found.reason) == ("conflict", 1000, "Stream closed")
    assert (found.time_ns, found.source, found.tcp) == (ns(5.0), at(5.0), EndCause.RST)
    assert found.idle_ns == ns(5.0) - ns(HERE[-1][0])


def test_a_stream_error_of_the_client() -> None:
    found = close([*HERE, (5.0, "C>", stream_error("not-well-formed"))], FIN)
    assert (found.by, found.condition) == (Side.CLIENT, "not-well-formed")


@pytest.mark.parametrize(("way", "by"), [("C>", Side.CLIENT), ("S>", Side.SERVER)])
def test_close_of_either_side_is_orderly(way: str, by: Side) -> None:
    found = close([*HERE, (5.0, way, CLOSE)], RST)
    assert (found.kind, found.by, found.orderly) == (CloseKind.XMPP_CLOSE, by, True)
    assert (found.condition, found.code) == (None, None)


def test_a_har_may_know_the_code_of_a_close() -> None:
    end, connection = har_end(9.0)
    assert isinstance(end, SocketEnd)
    coded = replace(end, code=1000, reason="bye")
    found = close([*HERE, *goodbye(5.0)], coded, connection, har=True)
    assert (found.kind, found.code, found.reason) == (CloseKind.XMPP_CLOSE, 1000, "bye")
    assert found.tcp is None


# then the Close frame


def test_a_close_frame_of_the_server_without_close() -> None:
    found = close(HERE, close_frame(8.0, "S>", 1012, b"service restart"), FIN)
    assert (found.kind, found.by, found.orderly) == (
        CloseKind.WEBSOCKET_CLOSE,
        Side.SERVER,
        False,
    )
    assert (found.code, found.reason, found.time_ns) == (1012, "service restart", ns(8.0))


def test_the_first_close_frame_counts() -> None:
    found = close(HERE, close_frame(8.0, "S>", 1011), close_frame(8.1, "C>", 1000), FIN)
    assert (found.code, found.by, found.reason) == (1011, Side.SERVER, None)


def test_a_close_frame_without_code() -> None:
    assert close(HERE, close_frame(8.0, "C>", None), FIN).code == 1005


def test_a_page_that_was_left_is_no_fault() -> None:
    assert close(HERE, close_frame(8.0, "C>", 1001), FIN).orderly is None


def test_a_reason_that_is_not_utf8() -> None:
    assert close(HERE, close_frame(8.0, "C>", 1000, b"\xff"), FIN).reason == "\ufffd"


def test_a_presence_unavailable_says_good_bye() -> None:
    lines: list[Line] = [*HERE, (5.0, "C>", UNAVAILABLE)]
    assert close(lines, close_frame(5.1, "S>", 1000), FIN).orderly is True
    assert close(lines, RST).orderly is True


def test_a_client_that_was_refused_has_nothing_to_stay_for() -> None:
    lines: list[Line] = [
        *login(StepName.OPEN),
        (1.0, "C>", auth()),
        (1.1, "S>", failure("not-authorized")),
    ]
    assert close(lines, tcp(EndCause.FIN, 2.0, Side.CLIENT)).orderly is None
    assert close(lines, close_frame(1.2, "S>", 1000), FIN).orderly is None


# then TCP


@pytest.mark.parametrize(
    ("cause", "kind", "orderly"),
    [
        (EndCause.FIN, CloseKind.FIN, False),
        (EndCause.RST, CloseKind.RST, False),
        (EndCause.CAPTURE_END, CloseKind.OPEN, None),
        (EndCause.CLOSED, CloseKind.CLOSED, None),
        (EndCause.REUSED, CloseKind.UNKNOWN, None),
        (EndCause.UNKNOWN, CloseKind.UNKNOWN, None),
    ],
)
def test_tcp_tells_the_rest(cause: EndCause, kind: CloseKind, orderly: bool | None) -> None:
    found = close(HERE, tcp(cause, 9.0, Side.SERVER))
    assert (found.kind, found.by, found.orderly) == (kind, Side.SERVER, orderly)
    assert (found.time_ns, found.tcp) == (ns(9.0), cause)
    assert found.idle_ns == ns(9.0) - ns(HERE[-1][0])


def alert(seconds: float, way: Direction, description: str | None = "close_notify") -> TlsFacts:
    told = TlsAlert(direction=way, fatal=False, description=description, source=at(seconds))
    return TlsFacts(version="TLS 1.2", alerts=(told,))


@pytest.mark.parametrize(
    ("facts", "by"),
    [
        (alert(8.9, Direction.TO_CLIENT), Side.SERVER),
        (alert(8.9, Direction.TO_SERVER), Side.CLIENT),
        (alert(8.9, Direction.TO_CLIENT, "user_canceled"), Side.CLIENT),
        (alert(3.0, Direction.TO_CLIENT), Side.CLIENT),  # of another connection
        (TlsFacts(), Side.CLIENT),
    ],
)
def test_who_closed_tls_ended_it_whoever_closed_tcp_first(facts: TlsFacts, by: Side) -> None:
    found = close(HERE, facts, tcp(EndCause.FIN, 9.0, Side.CLIENT))
    assert (found.kind, found.by, found.orderly) == (CloseKind.FIN, by, False)


def test_where_only_the_server_was_captured_nobody_knows_who_said_good_bye() -> None:
    locked = TlsFacts(
        version="TLS 1.2",
        locked=Locked.NO_HANDSHAKE,
        to_client=records([(0.2 * n, 114) for n in range(5)]),
    )
    found = close(HERE[:1], locked, FIN)
    assert (found.kind, found.by, found.orderly) == (CloseKind.FIN, Side.SERVER, None)


def test_a_refused_upgrade_owes_no_good_bye() -> None:
    (one,) = built([upgrade(403), FIN])
    assert (one.close.kind, one.close.orderly) == (CloseKind.FIN, None)
    assert one.close.idle_ns is None


def test_a_connection_that_never_ended() -> None:
    (one,) = built([upgrade(), *messages(HERE)])
    assert one.close == SessionClose(kind=CloseKind.UNKNOWN)


def test_an_open_session_lasts_as_long_as_the_recording() -> None:
    builder = Builder(0, SeenIn.PACKETS, PROFILE)
    builder.feed(0, [upgrade(), *messages(HERE)])
    builder.feed(1, [tcp(EndCause.FIN, 60.0, number=1)])
    (one,) = builder.feed(0, [tcp(EndCause.CAPTURE_END, 2.0)])
    assert (one.close.kind, one.ended_ns) == (CloseKind.OPEN, ns(60.0))
    assert one.close.idle_ns == ns(60.0) - ns(HERE[-1][0])


# and of a HAR its row


def har_close(lines: list[Line], *end: Event) -> SessionClose:
    return close(lines, *end, har=True)


def test_a_har_tells_that_it_closed_but_not_how() -> None:
    found = har_close(HERE, *har_end(9.0))
    assert (found.kind, found.by, found.orderly) == (CloseKind.CLOSED, None, None)
    assert found.idle_ns == ns(9.0) - ns(HERE[-1][0])


def test_a_har_of_a_socket_still_open() -> None:
    found = har_close([*HERE, (5.0, "C>", UNAVAILABLE)], *har_end(9.0, is_open=True))
    assert (found.kind, found.orderly, found.time_ns) == (CloseKind.OPEN, None, ns(9.0))


def test_a_har_that_cannot_tell() -> None:
    found = har_close(HERE, *har_end(None, is_open=None))
    assert (found.kind, found.idle_ns) == (CloseKind.UNKNOWN, None)


def test_an_error_row_is_a_fault_unless_somebody_said_good_bye() -> None:
    words = "Data frame received after close"
    assert har_close(HERE, *har_end(9.0, error=words)).orderly is False
    lines: list[Line] = [*HERE, (5.0, "C>", UNAVAILABLE)]
    assert har_close(lines, *har_end(9.0, error=words)).orderly is True


def test_a_har_with_a_close_code() -> None:
    end, connection = har_end(9.0)
    assert isinstance(end, SocketEnd)
    found = har_close(HERE, replace(end, code=1011, reason="no"), connection)
    assert (found.kind, found.code, found.reason) == (CloseKind.WEBSOCKET_CLOSE, 1011, "no")


def test_times_that_nobody_wrote() -> None:
    events = messages(HERE, har=True, timed=False)
    (one,) = built([upgrade(har=True), *events, *har_end(9.0)], har=True)
    assert one.close.idle_ns is None


# a good-bye that may lie in a hole


@pytest.mark.parametrize(
    ("way", "seconds", "reason", "orderly"),
    [
        (Direction.TO_SERVER, 5.0, GapReason.LOST, None),
        (Direction.TO_SERVER, None, GapReason.SNAPLEN, None),
        (Direction.TO_SERVER, 0.0, GapReason.LOST, False),
        (Direction.TO_SERVER, 5.0, GapReason.LATE_START, False),
        (Direction.TO_CLIENT, 5.0, GapReason.LOST, False),
    ],
)
def test_a_hole_may_hide_the_good_bye(
    way: Direction, seconds: float | None, reason: GapReason, orderly: bool | None
) -> None:
    place = None if seconds is None else at(seconds)
    hole = Gap(way, 7, 10, reason, place)
    assert close(HERE, hole, FIN).orderly is orderly
    assert close(HERE, hole, close_frame(8.0, "S>", 1000)).orderly is orderly


def test_of_a_client_that_was_not_captured_nothing_is_known() -> None:
    theirs = [line for line in HERE if line[1] == "S>"]
    hole = Gap(Direction.TO_SERVER, 0, 10, GapReason.LOST, at(0.0))
    one = session(theirs, [hole, FIN])
    assert one.close.orderly is None
    live = one.step(StepName.LIVE)
    assert live is not None
    assert live.status is StepStatus.NOT_CAPTURED


@pytest.mark.parametrize(
    ("way", "by"), [("S>", Side.SERVER), ("C>", Side.CLIENT)], ids=["server", "client"]
)
def test_a_reset_stream_of_http_2_ends_it_though_tcp_goes_on(way: str, by: Side) -> None:
    """RFC 9113 section 6.4."""
    reset = f"2.0 {way} [octets 00000403000000000100000002]"
    (seen,) = climb(f"{OPENED}{reset}\n@until 60").sessions
    close = seen.close
    assert (close.kind, close.by, close.orderly) == (CloseKind.RST, by, False)
    assert close.tcp is EndCause.CAPTURE_END
    assert close.idle_ns == 1_800_000_000
    assert close.source is not None
    assert close.source.time_ns == close.time_ns


def test_a_stream_of_http_2_that_goes_on_is_open() -> None:
    (seen,) = climb(f"{OPENED}@until 60").sessions
    assert seen.close.kind is CloseKind.OPEN


def test_our_own_export_of_a_capture_tells_who_closed() -> None:
    end, connection = har_end(9.0)
    for by, way in ((Side.SERVER, "S>"), (Side.CLIENT, "C>")):
        coded = replace(end, code=1012, by=by)
        found = close([*HERE], coded, connection, har=True)
        seen = close(HERE, close_frame(8.0, way, 1012), FIN)
        assert (found.kind, found.by, found.code) == (CloseKind.WEBSOCKET_CLOSE, by, 1012)
        assert found.orderly is seen.orderly
