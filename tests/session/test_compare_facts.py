"""What stands around two sessions."""

from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model.bosh import BoshFacts
from analyzer.model.comparison import FactKind
from analyzer.model.finesse import SystemInfo
from analyzer.model.flow import Connection, Endpoint
from analyzer.model.network import Resolution
from analyzer.model.session import Carrier, CloseKind, SeenIn, Session, SessionClose
from analyzer.model.tls import Certificate, TlsFacts
from analyzer.session.compare_facts import facts
from tests.session.beside import swapped, whole
from tests.session.conversation import OFFER, OFFER_BIND, at, features, goodbye, login, session


def differing(good: Session, bad: Session) -> dict[str, tuple[str | None, str | None]]:
    found = {fact.kind.value: (fact.good, fact.bad) for fact in facts(good, bad)}
    back = {fact.kind.value: (fact.bad, fact.good) for fact in facts(bad, good)}
    assert found == back
    return found


def changed(**fields: Any) -> dict[str, tuple[str | None, str | None]]:
    return differing(whole(), replace(whole(), **fields))


def test_the_same_has_no_facts() -> None:
    assert differing(whole(), whole()) == {}


def test_where_it_is() -> None:
    assert changed(server="10.0.0.9:8445", url="wss://other.test:8445/ws2/", encrypted=True) == {
        "port": ("7071", "8445"),
        "path": ("/ws/", "/ws2/"),
        "host": ("example.test", "other.test"),
        "encrypted": ("no", "yes"),
        "address": ("10.0.0.2", "10.0.0.9"),
    }


def test_a_name_may_come_from_tls_and_need_not_be_readable() -> None:
    tls = TlsFacts(server_name="Other.test", completed=True)
    assert "host" in changed(url=None, tls=tls, carrier=Carrier.UNKNOWN)
    assert "host" not in changed(url="ws://[x/ws/")


def test_what_only_one_shows_is_no_difference() -> None:
    assert changed(seen_in=SeenIn.HAR, server="example.test:7071") == {
        "recorded": ("packets", "har")
    }
    assert changed(upgrade=None, user_agent=None, encrypted=None, url=None) == {}


def upgraded(
    headers: tuple[tuple[str, str], ...] = (), *, origin: str = "", **fields: Any
) -> Session:
    one = whole()
    assert one.upgrade is not None
    exchange = one.upgrade.exchange
    assert exchange.request is not None
    assert exchange.response is not None
    sent = replace(exchange.request, headers=(("Origin", origin),) if origin else ())
    answer = replace(exchange.response, headers=headers)
    made = replace(exchange, request=sent, response=answer)
    return replace(one, upgrade=replace(one.upgrade, exchange=made, **fields))


def test_the_upgrade() -> None:
    assert differing(
        upgraded(origin="https://a", extensions="permessage-deflate"),
        upgraded(origin="https://b", subprotocol=None),
    ) == {
        "origin": ("https://a", "https://b"),
        "subprotocol": ("xmpp", "none"),
        "extensions": ("permessage-deflate", "none"),
    }
    one = upgraded()
    assert one.upgrade is not None
    bare = replace(one.upgrade.exchange, request=None, response=None)
    assert differing(one, replace(one, upgrade=replace(one.upgrade, exchange=bare))) == {}
    assert differing(one, upgraded(accepted=False, subprotocol=None)) == {}


def headers(
    good: tuple[tuple[str, str], ...], bad: tuple[tuple[str, str], ...]
) -> dict[str, tuple[str | None, str | None]]:
    return {fact.name: (fact.good, fact.bad) for fact in facts(upgraded(good), upgraded(bad))}


def test_fields_that_proxies_add() -> None:
    via = (("Via", "1.1 proxy"), ("Via", "1.1 other"), ("Server", "nginx"), ("Date", "x"))
    assert headers(via, (("server", "Openfire"), ("X-Cache", "MISS"), ("Set-Cookie", "a=b"))) == {
        "via": ("1.1 proxy, 1.1 other", None),
        "server": ("nginx", "Openfire"),
        "x-cache": (None, "MISS"),
    }
    # An id is another one for each request.
    ids = ("6f2d0a3e-41c7-4f0e", "90ab12cd-77aa-4f0e")
    assert headers((("X-Request-Id", ids[0]),), (("X-Request-Id", ids[1]),)) == {}
    date = (("Date", "Sat"),)
    assert headers((("X-Request-Id", ids[0]),), date) == {"x-request-id": (ids[0], None)}
    # Of an upgrade that failed, a browser writes no fields at all.
    assert headers((("Server", "nginx"),), ()) == {}
    assert headers((("Via", ids[0]),), (("Via", ids[1]),)) == {"via": ids}
    assert headers((("X-Frame-Options", "DENY"),), (("X-Frame-Options", "ALLOW"),)) != {}


def test_a_browser_does_not_know_the_version_of_http() -> None:
    one = upgraded()
    assert one.upgrade is not None
    response = one.upgrade.exchange.response
    assert response is not None
    newer = replace(
        one,
        upgrade=replace(
            one.upgrade,
            exchange=replace(one.upgrade.exchange, response=replace(response, version="HTTP/2")),
        ),
    )
    older = upgraded()
    assert older.upgrade is not None
    first = replace(response, version="http/1.1")
    older = replace(
        older,
        upgrade=replace(older.upgrade, exchange=replace(older.upgrade.exchange, response=first)),
    )
    assert differing(older, newer) == {"http version": ("HTTP/1.1", "HTTP/2")}
    assert "http version" not in differing(replace(older, seen_in=SeenIn.HAR), newer)


def certificate(**fields: Any) -> Certificate:
    values: dict[str, Any] = {
        "subject": "finesse.test",
        "issuer": "CA",
        "not_before_ns": 0,
        "not_after_ns": 1,
        "sha256": "ab",
    }
    return Certificate(**(values | fields))


def test_tls() -> None:
    good = TlsFacts(
        version="TLS 1.3",
        cipher_suite="TLS_AES_128_GCM_SHA256",
        server_name="a.test",
        alpn="http/1.1",
        certificates=(certificate(),),
    )
    bad = TlsFacts(
        version="TLS 1.2",
        cipher_suite="TLS_RSA_WITH_AES_128_CBC_SHA",
        server_name="b.test",
        alpn="h2",
        certificates=(certificate(self_signed=True, sha256="cd"),),
    )
    found = differing(replace(whole(), tls=good), replace(whole(), tls=bad))
    assert found == {
        "tls version": ("TLS 1.3", "TLS 1.2"),
        "cipher": ("TLS_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        "server name": ("a.test", "b.test"),
        "alpn": ("http/1.1", "h2"),
        "certificate": ("finesse.test, SHA-256 ab", "finesse.test, SHA-256 cd"),
        "issuer": ("CA", "itself"),
    }


def test_the_stream() -> None:
    offer = (
        "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism>"
        "</mechanisms><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='N' ver='V'/>"
    )
    behind = (
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
        "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/><sm xmlns='urn:xmpp:sm:3'/>"
    )
    caps = offer.replace("ver='V'", "ver='W'")
    lines = swapped(swapped(login(), OFFER, features(offer)), OFFER_BIND, features(behind))
    good, bad = session([*login(), *goodbye(2)]), session([*lines, *goodbye(2)])
    assert differing(good, replace(bad, domain="other.test", resource="web")) == {
        "domain": ("example.test", "other.test"),
        "resource": ("desktop", "web"),
        "mechanisms": ("PLAIN", "SCRAM-SHA-1"),
        "features": ("bind", "bind, session, stream management"),
    }
    again = session([*swapped(lines, features(offer), features(caps)), *goodbye(2)])
    assert differing(bad, again) == {"caps": ("N#V", "N#W")}


def test_bosh_and_what_the_installation_says() -> None:
    def made(wait: int | None, deployment: str, node: str | None) -> Session:
        bosh = BoshFacts(sid="s", url="http://a.test/http-bind/", wait_s=wait, hold=1)
        info = SystemInfo(
            url="u",
            deployment=deployment,
            primary_node="a",
            secondary_node=node,
            status="IN_SERVICE",
            source=at(0.0),
        )
        return replace(whole(), bosh=bosh, system_info=info)

    assert differing(made(60, "UCCE", None), made(None, "UCCX", "b")) == {
        "bosh": ("wait 60, hold 1", "hold 1"),
        "deployment": ("UCCE", "UCCX"),
        "nodes": ("a", "a, b"),
    }


def test_addresses_of_dns_differ_where_they_have_nothing_in_common() -> None:
    def resolved(*addresses: str) -> Session:
        one = Resolution(name="a", kind="A", client="c", server="s", addresses=addresses)
        return replace(whole(), resolutions=(one,))

    assert differing(resolved("10.0.0.1", "10.0.0.2"), resolved("10.0.0.2", "10.0.0.1")) == {}
    assert differing(resolved("10.0.0.1"), resolved("10.0.0.2", "10.0.0.1")) == {}
    assert differing(resolved("10.0.0.1"), resolved("10.0.0.2")) == {
        "resolved": ("10.0.0.1", "10.0.0.2")
    }
    assert differing(resolved("10.0.0.1"), whole()) == {}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (FactKind.AGENT, {"agent": "agent2@example.test"}),
        (FactKind.END, {"close": SessionClose(kind=CloseKind.OPEN)}),
        (
            FactKind.CLIENT,
            {
                "connection": Connection(
                    capture=0,
                    number=0,
                    client=Endpoint("10.9.9.9", 1),
                    server=Endpoint("10.0.0.2", 7071),
                    opened_ns=None,
                    closed_ns=None,
                )
            },
        ),
    ],
)
def test_who_and_when_is_told_and_makes_no_difference(
    kind: FactKind, fields: dict[str, Any]
) -> None:
    (fact,) = facts(whole(), replace(whole(), **fields))
    assert (fact.kind, fact.matters) == (kind, False)
    nobody = replace(whole(), connection=None, close=SessionClose(kind=CloseKind.UNKNOWN))
    assert facts(whole(), nobody) == ()
