"""Each way in which a TLS handshake ends has one rule that tells it."""

import pytest

from analyzer.protocol.tls.words import ALERTS
from analyzer.rules import shelf
from analyzer.rules.tls import handshakes
from tests.rules.climb import climb

TLS_RULES = [rule for rule in shelf.load() if rule.id.startswith("TL-")]

WARNINGS = {"close_notify", "end_of_early_data", "user_canceled", "no_renegotiation"}
"""What ends no handshake by itself."""


def told(ladder: str) -> list[str]:
    found = shelf.run(climb(ladder).subjects, TLS_RULES)[0]
    return sorted(one.rule_id for one in found)


@pytest.mark.parametrize("alert", sorted(set(ALERTS.values()) - WARNINGS))
@pytest.mark.parametrize("side", ["C", "S"])
def test_every_alert_is_told_once(alert: str, side: str) -> None:
    (rule_id,) = told(f"@tls completed=no alert={side}>{alert}")
    special = alert in handshakes.SPECIAL
    assert (rule_id in {"TL-014", "TL-015", "TL-016"}) is special


@pytest.mark.parametrize(
    ("alert", "rule_id"),
    [
        ("C>10", "TL-014"),
        ("S>20", "TL-015"),
        ("C>47", "TL-016"),
        ("S>80", "TL-001"),
        ("S>116", "TL-007"),
        ("S>70", "TL-003"),
        ("S>112", "TL-008"),
        ("C>48", "TL-002"),
    ],
)
def test_what_an_alert_means(alert: str, rule_id: str) -> None:
    assert told(f"@tls completed=no alert={alert}") == [rule_id]


@pytest.mark.parametrize(
    ("error", "rule_id"),
    [
        *((error, "TL-014") for error in sorted(handshakes.NO_TLS_ERRORS)),
        *((error, "TL-015") for error in sorted(handshakes.DAMAGED_ERRORS)),
        *((error, "TL-016") for error in sorted(handshakes.UNACCEPTABLE_ERRORS)),
        ("ERR_SSL_CLIENT_AUTH_CERT_NEEDED", "TL-007"),
        ("ERR_BAD_SSL_CLIENT_AUTH_CERT", "TL-007"),
        ("ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "TL-003"),
        ("ERR_SSL_UNRECOGNIZED_NAME_ALERT", "TL-001"),
        ("SSL_ERROR_INTERNAL_ERROR_ALERT", "TL-001"),
        ("ERR_CERT_AUTHORITY_INVALID", "TL-002"),
    ],
)
def test_every_error_of_a_browser_is_told_once(error: str, rule_id: str) -> None:
    assert told(f"@har\n@no-upgrade 0 net::{error}") == [rule_id]
