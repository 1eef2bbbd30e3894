"""How a handshake failed, told from the step, the alerts and the connection."""

from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Connection, EndCause, Endpoint
from analyzer.model.session import Session, Step, StepName, StepStatus
from analyzer.model.source import Direction, PacketSource, Side
from analyzer.model.tls import TlsAlert, TlsFacts
from analyzer.rules.tls.failures import (
    ABORTED,
    Failure,
    failure,
    is_about_client,
    is_mismatch,
)
from analyzer.session import handshake
from tests.rules.said import session

PLACE = PacketSource(0, 7, 7, 5)


def alert(description: str, way: str = "S>") -> TlsAlert:
    return TlsAlert(direction=Direction(way), fatal=True, description=description, source=PLACE)


def failed(detail: str | None, *alerts: TlsAlert, **facts: Any) -> Session:
    step = Step(name=StepName.TLS, status=StepStatus.FAILED, answered=PLACE, detail=detail)
    connection = Connection(
        capture=0,
        number=0,
        server=Endpoint("h", 1),
        opened_ns=None,
        closed_ns=None,
        ended_by=EndCause.RST,
        ended_side=Side.SERVER,
    )
    tls = TlsFacts(alerts=alerts, **facts)
    return replace(session(), steps=(step,), tls=tls, connection=connection)


def test_both_rooms_use_one_word() -> None:
    assert handshake.ABORTED == ABORTED


def test_nothing_failed() -> None:
    assert failure(session()) is None
    assert failure(replace(session(), tls=TlsFacts())) is None
    done = replace(failed(None), steps=(Step(name=StepName.TLS, status=StepStatus.DONE),))
    assert failure(done) is None


@pytest.mark.parametrize(("way", "by"), [("C>", Side.CLIENT), ("S>", Side.SERVER)])
def test_an_alert(way: str, by: Side) -> None:
    one = failed("alert unknown_ca", alert("close_notify"), alert("unknown_ca", way))
    told = failure(one)
    assert told == Failure("unknown_ca", "alert unknown_ca", by, answered=False, place=PLACE)
    assert told is not None
    assert told.told(one) == {"error": "alert unknown_ca", "server": "h:1", "side": by}


def test_without_an_alert() -> None:
    told = failure(failed(ABORTED, server_hello=PLACE))
    assert told == Failure(None, ABORTED, Side.CLIENT, answered=True, place=PLACE)
    assert failure(failed("reset")) == Failure(
        None, "reset", Side.SERVER, answered=False, place=PLACE
    )
    nobody = replace(failed(None), connection=None)
    told = failure(nobody)
    assert told is not None
    assert (told.how, told.words, told.by) == ("unanswered", "unanswered", None)
    assert told.told(nobody)["side"] == "one side"


@pytest.mark.parametrize(
    ("said", "way", "asked", "about"),
    [
        ("bad_certificate", "S>", None, True),
        ("certificate_required", "S>", True, True),
        ("handshake_failure", "S>", True, True),
        ("handshake_failure", "S>", False, False),
        ("internal_error", "S>", True, False),
        ("bad_certificate", "C>", True, False),
    ],
)
def test_a_certificate_of_the_client(said: str, way: str, asked: bool, about: bool) -> None:
    one = failed(f"alert {said}", alert(said, way), client_certificate=asked)
    told = failure(one)
    assert told is not None
    assert is_about_client(one, told) is about


def test_no_alert_is_not_about_the_client() -> None:
    one = failed("reset", client_certificate=True)
    told = failure(one)
    assert told is not None
    assert not is_about_client(one, told)
    assert not is_mismatch(told)


@pytest.mark.parametrize(
    ("said", "way", "hello", "mismatch"),
    [
        ("protocol_version", "S>", None, True),
        ("protocol_version", "C>", PLACE, True),
        ("insufficient_security", "S>", None, True),
        ("handshake_failure", "S>", None, True),
        ("handshake_failure", "S>", PLACE, False),
        ("handshake_failure", "C>", None, False),
        ("decode_error", "S>", None, False),
    ],
)
def test_nothing_in_common(said: str, way: str, hello: PacketSource | None, mismatch: bool) -> None:
    told = failure(failed(f"alert {said}", alert(said, way), server_hello=hello))
    assert told is not None
    assert is_mismatch(told) is mismatch
