"""How a TLS handshake went, told from records, alerts and the end of the connection."""

from typing import Any

import pytest

from analyzer.model.flow import Connection, EndCause
from analyzer.model.source import Direction, Side
from analyzer.model.tls import Locked, RecordFacts, TlsAlert, TlsFacts
from analyzer.session.handshake import ABORTED, Handshake, outcome
from tests.session.conversation import at, tcp
from tests.session.test_cadence import records

HELLOS = {"client_hello": at(0.0), "server_hello": at(0.1)}


def alert(description: str | None, way: str = "C>", *, fatal: bool | None = True) -> TlsAlert:
    return TlsAlert(direction=Direction(way), fatal=fatal, description=description, source=at(0.2))


def shaken(connection: Connection | None = None, **fields: Any) -> Handshake:
    values = {"version": "TLS 1.3", "locked": Locked.NO_KEYS, **HELLOS}
    return outcome(TlsFacts(**(values | fields)), connection)


def failed(detail: str, by: Side | None, second: float = 0.2) -> Handshake:
    return Handshake(passed=False, answered=at(second), detail=detail, by=by)


def test_a_handshake_that_completed() -> None:
    assert shaken(completed=True, finished=at(0.3)) == Handshake(True, at(0.3))
    # What comes later is another matter.
    assert shaken(completed=True, alerts=(alert("internal_error"),)).passed


@pytest.mark.parametrize(("way", "by"), [("C>", Side.CLIENT), ("S>", Side.SERVER)])
def test_an_alert_ends_it(way: str, by: Side) -> None:
    assert shaken(alerts=(alert("unknown_ca", way),)) == failed("alert unknown_ca", by)
    # Before TLS 1.3 is agreed on the level may not tell.
    assert shaken(alerts=(alert("unknown_ca", way, fatal=None),)).passed is False


@pytest.mark.parametrize("harmless", ["close_notify", "user_canceled", "no_renegotiation"])
def test_not_every_alert_ends_it(harmless: str) -> None:
    assert shaken(alerts=(alert(harmless, fatal=False),)).passed is None
    assert shaken(alerts=(alert("unrecognized_name", "S>", fatal=False),)).passed is None


def test_an_alert_behind_application_data_did_not_end_the_handshake() -> None:
    sent = records([(0.2, 300)])
    assert shaken(alerts=(alert("bad_record_mac"),), to_server=sent).passed


def test_a_server_may_refuse_the_client_s_certificate_behind_the_handshake() -> None:
    asked = RecordFacts(records=2, opened=2, plaintext_octets=300)
    required = (alert("certificate_required", "S>"),)
    fields: dict[str, Any] = {
        "completed": True,
        "locked": None,
        "to_server": asked,
        "alerts": required,
    }
    answered = RecordFacts(records=3, opened=3)
    told = shaken(to_client=answered, **fields)
    assert told == failed("alert certificate_required", Side.SERVER)
    assert shaken(to_client=asked, **fields).passed


def test_an_alert_of_a_connection_whose_beginning_is_missing_tells_nothing() -> None:
    told = shaken(alerts=(alert("unknown_ca"),), client_hello=None, server_hello=None)
    assert told == Handshake(None)


def test_a_hidden_alert_in_place_of_finished() -> None:
    assert shaken(to_server=records([(0.2, 19)])) == failed(ABORTED, Side.CLIENT)
    # Of TLS 1.2: an alert that nobody can read, before any data.
    assert shaken(version="TLS 1.2", alerts=(alert(None, fatal=None),)) == failed(
        ABORTED, Side.CLIENT
    )
    late = shaken(
        version="TLS 1.2", alerts=(alert(None, fatal=None),), to_server=records([(0.1, 300)])
    )
    assert late.passed
    # What the server closes with is no answer to its certificate: only its side was captured.
    theirs = (alert(None, "S>", fatal=None),)
    assert shaken(version="TLS 1.2", alerts=theirs, client_hello=None).passed is None
    assert shaken(version="TLS 1.2", alerts=theirs, to_client=records([(0.1, 300)])).passed is None


def test_without_a_server_hello_there_was_no_certificate() -> None:
    assert shaken(server_hello=None, to_server=records([(0.2, 19)])) == Handshake(None)


def test_data_of_the_client_shows_that_it_passed() -> None:
    assert shaken(to_server=records([(0.2, 300)]), finished=at(0.1)).answered == at(0.1)
    assert shaken(to_client=records([(0.2, 300)])).passed is None


def test_of_a_decrypted_connection_plaintext_decides() -> None:
    opened = RecordFacts(records=2, opened=2)
    carried = RecordFacts(records=2, opened=2, plaintext_octets=9)
    assert shaken(locked=None, to_client=carried).passed
    assert shaken(locked=None, to_server=carried).passed
    told = shaken(locked=None, to_server=opened, alerts=(alert("unknown_ca"),))
    assert told.detail == "alert unknown_ca"
    assert shaken(locked=None, to_server=opened).passed is None


@pytest.mark.parametrize(
    ("cause", "side", "fields", "detail"),
    [
        (EndCause.FIN, Side.CLIENT, {}, ABORTED),
        (EndCause.RST, Side.CLIENT, {}, ABORTED),
        (EndCause.FIN, Side.SERVER, {}, "closed"),
        (EndCause.RST, Side.SERVER, {}, "reset"),
        (EndCause.RST, None, {}, "reset"),
        (EndCause.FIN, Side.CLIENT, {"server_hello": None, "version": None}, "closed"),
        (EndCause.FIN, Side.CLIENT, {"version": "TLS 1.2"}, "closed"),
    ],
)
def test_broken_off(
    cause: EndCause, side: Side | None, fields: dict[str, Any], detail: str
) -> None:
    assert shaken(tcp(cause, 1.0, side), **fields) == failed(detail, side, 1.0)


@pytest.mark.parametrize("cause", [EndCause.CAPTURE_END, EndCause.REUSED])
def test_an_end_that_was_not_seen_tells_nothing(cause: EndCause) -> None:
    assert shaken(tcp(cause, 1.0)) == Handshake(None)


def test_a_late_start_tells_nothing() -> None:
    none = {"client_hello": None, "server_hello": None, "version": None}
    assert shaken(tcp(EndCause.FIN, 1.0, Side.CLIENT), **none) == Handshake(None)
