"""What is wrong with a certificate, as far as the chain itself tells."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Connection, Endpoint
from analyzer.model.session import Session
from analyzer.model.source import PacketSource
from analyzer.model.tls import Certificate, TlsFacts
from analyzer.rules.tls import chain
from tests.rules.said import session

DAY_NS = 86_400_000_000_000
NOW = PacketSource(0, 5, 5, 1_000 * DAY_NS)

LEAF = Certificate(
    subject="finesse.example.test",
    issuer="Lab CA",
    names=("finesse.example.test", "*.pods.example.test", "10.0.0.1"),
    not_before_ns=900 * DAY_NS,
    not_after_ns=1_100 * DAY_NS,
    sha256="",
)
CA = replace(LEAF, subject="Lab CA", names=(), self_signed=True)


def shown(
    *certificates: Certificate, name: str | None = "finesse.example.test", now: bool = True
) -> Session:
    facts = TlsFacts(certificates=certificates, server_name=name, server_hello=NOW if now else None)
    return replace(session(), tls=facts)


def test_nothing_is_wrong() -> None:
    assert chain.defects(shown(LEAF, CA)) == ()
    assert chain.told(shown(LEAF, CA)) == (
        "finesse.example.test, issued by Lab CA, valid 1972-06-19 to 1973-01-05, for "
        "finesse.example.test, *.pods.example.test, 10.0.0.1: no defect of its own"
    )


def test_no_chain() -> None:
    assert chain.defects(shown()) == ()
    assert chain.defects(session()) == ()
    assert chain.told(session()) == "nothing"
    assert chain.told(shown()) == "nothing"


def test_dates() -> None:
    old = replace(LEAF, not_after_ns=999 * DAY_NS)
    assert chain.defects(shown(old, CA)) == ("expired",)
    assert chain.told(shown(old)).endswith(": expired")
    new = replace(CA, not_before_ns=1_001 * DAY_NS)
    assert chain.defects(shown(LEAF, new)) == ("not yet valid (CA Lab CA)",)
    # Nobody knows when it was shown.
    assert chain.defects(shown(old, now=False)) == ()
    facts = TlsFacts(certificates=(old,), server_name="finesse.example.test", client_hello=NOW)
    assert chain.defects(replace(session(), tls=facts)) == ("expired",)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("finesse.example.test", True),
        ("FINESSE.example.test.", True),
        ("a.pods.example.test", True),
        ("a.b.pods.example.test", False),
        ("pods.example.test", False),
        ("finesse", False),
        ("10.0.0.1", True),
        ("10.0.0.2", False),
    ],
)
def test_names(name: str, fits: bool) -> None:
    assert chain.is_for(LEAF, name) is fits
    assert chain.defects(shown(LEAF, name=name)) == (() if fits else (f"not for {name}",))


def test_a_client_that_names_nobody_was_told_an_address() -> None:
    one = shown(LEAF, name=None)
    assert chain.defects(one) == ()
    connection = Connection(
        capture=0, number=0, server=Endpoint("10.0.0.9", 8445), opened_ns=None, closed_ns=None
    )
    assert chain.defects(replace(one, connection=connection)) == ("not for 10.0.0.9",)
    there = replace(connection, server=Endpoint("10.0.0.1", 8445))
    assert chain.defects(replace(one, connection=there)) == ()


def test_self_signed_is_nothing_grave() -> None:
    own = replace(LEAF, issuer=LEAF.subject, self_signed=True)
    assert chain.defects(shown(own)) == ("self-signed",)
    assert chain.grave(("self-signed",)) == ()
    assert chain.grave(("expired", "self-signed")) == ("expired",)


def test_dates_beyond_the_calendar() -> None:
    odd = replace(LEAF, not_before_ns=-(1 << 80), not_after_ns=1 << 80, names=())
    assert "valid 0001-01-01 to 9999-12-31, for no name" in chain.told(shown(odd))
