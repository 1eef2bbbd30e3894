"""Why a client refused a certificate."""

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import Party
from analyzer.rules.tls.certificates import Why, is_full, refused
from tests.rules.climb import climb

ABORTED = "@tls version=1.2 completed=no sni={sni} cert={cert}\n0.1 C> [fin]"
ALERT = "@tls version=1.2 completed=no sni={sni} cert={cert} alert=C>{alert}"


def why(text: str) -> list[tuple[Why, Party | None]]:
    (session,) = climb(text).sessions
    return [(why, hit.party) for why in Why for hit in refused(session, why)]


@pytest.mark.parametrize(
    ("cert", "alert", "told"),
    [
        ("b.test|CA|90|b.test", "46", (Why.NAME, Party.SERVER)),
        ("b.test|CA|-9|b.test", "46", (Why.NAME, Party.SERVER)),
        ("a.test|CA|-9|a.test", "42", (Why.DATES, Party.SERVER)),
        ("a.test|CA|-9|a.test", "48", (Why.TRUST, None)),
        ("a.test|CA|90|a.test", "45", (Why.DATES, None)),
        ("a.test|CA|90|a.test", "46", (Why.TRUST, None)),
        ("a.test|a.test|-9|b.test", "46", (Why.TRUST, None)),
    ],
)
def test_an_alert_and_the_chain(cert: str, alert: str, told: tuple[Why, Party | None]) -> None:
    assert why(ALERT.format(sni="a.test", cert=cert, alert=alert)) == [told]


def test_a_chain_without_an_alert() -> None:
    text = ABORTED.format(sni="a.test", cert="b.test|CA|90|b.test")
    assert why(text) == [(Why.NAME, Party.SERVER)]
    assert why(ABORTED.format(sni="a.test", cert="a.test|CA|90|a.test")) == []


def test_another_alert_is_another_matter() -> None:
    assert why(ALERT.format(sni="a.test", cert="a.test|CA|90|a.test", alert="40")) == []
    assert why("@tls version=1.2 completed=no alert=S>48") == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("net::ERR_CERT_AUTHORITY_INVALID", (Why.TRUST, None)),
        ("net::ERR_CERT_COMMON_NAME_INVALID", (Why.NAME, Party.SERVER)),
        ("SSL_ERROR_BAD_CERT_DOMAIN", (Why.NAME, Party.SERVER)),
        ("net::ERR_CERT_DATE_INVALID", (Why.DATES, None)),
        ("SEC_ERROR_EXPIRED_CERTIFICATE", (Why.DATES, None)),
    ],
)
def test_a_browser(error: str, told: tuple[Why, Party | None]) -> None:
    assert why(f"@har\n@no-upgrade 0 {error}") == [told]


def test_a_session_without_a_server_has_no_name() -> None:
    (session,) = climb("@har\n@no-upgrade 0 net::ERR_CERT_COMMON_NAME_INVALID").sessions
    (hit,) = refused(replace(session, server=""), Why.NAME)
    assert (hit.values["name"], hit.party) == ("none", Party.CLIENT)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("finesse.example.test", True),
        ("finesse", False),
        ("finesse.", False),
        ("10.0.0.1", False),
        ("[2001:db8::1]", False),
    ],
)
def test_a_full_name(name: str, full: bool) -> None:
    assert is_full(name) is full
