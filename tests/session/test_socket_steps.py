"""TCP connection, TLS and upgrade as packets and as a browser show them."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import EndCause
from analyzer.model.http import Response
from analyzer.model.session import Step, StepName, StepStatus
from analyzer.model.websocket import Upgrade
from tests.session.conversation import (
    at,
    har_end,
    login,
    ns,
    session,
    statuses,
    tcp,
    upgrade,
)

WSS = "wss://example.test:8445/ws/"


def steps_of(shaken: Upgrade, *, har: bool = True) -> dict[str, tuple[str, str | None]]:
    one = session([], har_end(1.0) if har else None, har=har, before=[shaken])
    return {s.name.value: (s.status.value, s.detail) for s in one.steps[:3]}


def step(name: StepName, har: bool = False) -> Step:
    found = session(login(), har=har).step(name)
    assert found is not None
    return found


def test_packets_show_the_tcp_handshake() -> None:
    connect = step(StepName.CONNECT)
    assert (connect.status, connect.asked, connect.latency_ns) == (
        StepStatus.DONE,
        at(-0.05),
        10_000_000,
    )


def test_no_handshake_lasts_less_than_nothing() -> None:
    """The clock of what recorded it was set back in between."""
    opened = replace(tcp(EndCause.CAPTURE_END, 3.0), connect_ns=-7)
    connect = session(login(), [opened]).step(StepName.CONNECT)
    assert connect is not None
    assert connect.latency_ns == 0


def test_a_capture_without_syn_does_not_show_it() -> None:
    one = session(login(), [tcp(EndCause.CAPTURE_END, 3.0, syn=False)])
    assert statuses(one)["connect"] == "not captured"


@pytest.mark.parametrize(
    "name",
    [
        "ERR_CONNECTION_REFUSED",
        "ERR_CONNECTION_TIMED_OUT",
        "ERR_NAME_NOT_RESOLVED",
        "ERR_PROXY_CONNECTION_FAILED",
        "ERR_INTERNET_DISCONNECTED",
    ],
)
def test_a_browser_names_what_kept_it_from_connecting(name: str) -> None:
    error = f"Error in connection establishment: net::{name}"
    found = steps_of(upgrade(0, har=True, error=error, url=WSS))
    assert found == {
        "connect": ("failed", name),
        "tls": ("missing", None),
        "upgrade": ("missing", None),
    }


@pytest.mark.parametrize(
    "name",
    ["ERR_CERT_AUTHORITY_INVALID", "ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "ERR_SSL_PROTOCOL_ERROR"],
)
def test_a_browser_names_what_kept_it_from_tls(name: str) -> None:
    error = f"Error in connection establishment: net::{name}"
    found = steps_of(upgrade(0, har=True, error=error, url=WSS))
    assert found == {
        "connect": ("done", None),
        "tls": ("failed", name),
        "upgrade": ("missing", None),
    }


def test_an_empty_response_fails_the_upgrade() -> None:
    error = "Error during WebSocket handshake: net::ERR_INVALID_HTTP_RESPONSE"
    found = steps_of(upgrade(0, har=True, error=error, url=WSS))
    assert found == {
        "connect": ("done", None),
        "tls": ("done", None),
        "upgrade": ("failed", "ERR_INVALID_HTTP_RESPONSE"),
    }


def test_an_error_without_a_name_fails_the_upgrade() -> None:
    error = "HTTP Authentication failed; no valid credentials available"
    found = steps_of(upgrade(0, har=True, error=error, url=WSS))
    assert found["upgrade"] == ("failed", None)
    # Which of those it came to nothing tells.
    assert (found["connect"][0], found["tls"][0]) == ("not captured", "not captured")


@pytest.mark.parametrize("status", [200, 401, 403, 502])
def test_a_status_shows_that_everything_below_was_there(status: int) -> None:
    found = steps_of(upgrade(status, har=True, url=WSS))
    assert found == {
        "connect": ("done", None),
        "tls": ("done", None),
        "upgrade": ("failed", str(status)),
    }


def test_without_tls_there_is_no_such_step() -> None:
    assert "tls" not in steps_of(upgrade(har=True))
    assert "tls" not in steps_of(upgrade(), har=False)


def test_an_upgrade_without_answer() -> None:
    assert steps_of(upgrade(0, har=True, url=WSS))["upgrade"] == ("failed", None)
    open_end = [tcp(EndCause.CAPTURE_END, 0.0)]
    assert statuses(session([], open_end, before=[upgrade(0)]))["upgrade"] == "not captured"


def test_an_upgrade_that_nobody_saw() -> None:
    one = session(login(), [tcp(EndCause.CAPTURE_END, 3.0)], before=[])
    assert statuses(one)["upgrade"] == "not captured"


def test_an_upgrade_whose_request_was_not_captured() -> None:
    shaken = upgrade()
    one = session(
        login(), before=[replace(shaken, exchange=replace(shaken.exchange, request=None))]
    )
    found = one.step(StepName.UPGRADE)
    assert found is not None
    assert (found.status, found.asked, found.detail) == (StepStatus.DONE, None, "101")


def test_chrome_moves_the_time_of_the_answer_behind_the_messages() -> None:
    assert step(StepName.UPGRADE, har=True).latency_ns == 10_000_000
    shaken = upgrade(har=True)
    moved = Response(status=101, source=at(3.0, har=True))
    late = replace(shaken, exchange=replace(shaken.exchange, response=moved))
    found = session(login(), har=True, before=[late]).step(StepName.UPGRADE)
    assert found is not None
    assert (found.status, found.latency_ns) == (StepStatus.DONE, None)


def test_an_upgrade_can_be_late() -> None:
    shaken = upgrade()
    slow = Response(status=101, source=replace(at(2.5), time_ns=ns(2.5)))
    late = replace(shaken, exchange=replace(shaken.exchange, response=slow))
    found = session(login(start=3.0), before=[late]).step(StepName.UPGRADE)
    assert found is not None
    assert found.status is StepStatus.LATE
