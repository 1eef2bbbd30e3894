"""Numbers in words."""

from analyzer.protocol.tls.words import ALERTS, HARMLESS, alert_name, version_name


def test_versions() -> None:
    told = [version_name(version) for version in (0x0300, 0x0303, 0x0304, 0x7F1C, 0x0305)]
    assert told == ["SSL 3.0", "TLS 1.2", "TLS 1.3", "TLS 1.3 (draft 28)", "0x0305"]


def test_alerts() -> None:
    assert alert_name(48) == "unknown_ca"
    assert alert_name(200) == "200"
    assert {ALERTS[number] for number in HARMLESS} == {
        "close_notify", "end_of_early_data", "user_canceled",
    }  # fmt: skip
