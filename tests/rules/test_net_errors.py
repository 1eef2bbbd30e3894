"""What browsers say of a failed connection is read by its name."""

import pytest

from analyzer.model.source import HarSource, PacketSource
from analyzer.rules.net_errors import failed_with, is_certificate_error, net_error, not_connected
from tests.rules.climb import climb


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Error in connection establishment: net::ERR_CERT_DATE_INVALID", "ERR_CERT_DATE_INVALID"),
        ("ERR_TIMED_OUT", "ERR_TIMED_OUT"),
        ("SEC_ERROR_UNKNOWN_ISSUER", "SEC_ERROR_UNKNOWN_ISSUER"),
        (
            "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT seen",
            "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT",
        ),
        ("something else", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    (session,) = climb(f"@har\n@no-upgrade 0 {text}").sessions
    assert net_error(session) == name
    assert list(failed_with(session, {"NOTHING"})) == []


def test_no_error() -> None:
    (session,) = climb("@har\n@login").sessions
    assert net_error(session) is None
    assert list(failed_with(session, {"ERR_TIMED_OUT"})) == []


def test_hits() -> None:
    (session,) = climb("@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR").sessions
    for hits in (
        failed_with(session, {"ERR_SSL_PROTOCOL_ERROR"}),
        failed_with(session, (), ("ERR_SSL_",)),
    ):
        (hit,) = hits
        assert hit.values == {
            "error": "ERR_SSL_PROTOCOL_ERROR",
            "server": "finesse.example.test:8445",
        }
        assert isinstance(hit.evidence[0], HarSource)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("ERR_CERT_COMMON_NAME_INVALID", True),
        ("SEC_ERROR_EXPIRED_CERTIFICATE", True),
        ("SSL_ERROR_BAD_CERT_DOMAIN", True),
        ("ERR_SSL_PROTOCOL_ERROR", False),
        (None, False),
    ],
)
def test_certificates(error: str | None, expected: bool) -> None:
    assert is_certificate_error(error) is expected


def test_packets_show_what_did_not_come_about() -> None:
    (session,) = climb("@no-connect refused").sessions
    (hit,) = not_connected(session, "refused")
    assert hit.values == {"error": "SYN refused", "server": "192.0.2.1:8445"}
    assert hit.evidence == (PacketSource(0, 2, 2, hit.evidence[0].time_ns),)
    assert list(not_connected(session, "unanswered")) == []
    (session,) = climb("@no-connect silent").sessions
    (hit,) = not_connected(session, "unanswered")
    assert hit.evidence == (PacketSource(0, 1, 1, session.started_ns),)
    (session,) = climb("@login").sessions
    assert list(not_connected(session, "refused")) == []
