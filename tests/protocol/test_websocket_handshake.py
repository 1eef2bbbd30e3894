"""The opening handshake."""

import pytest

from analyzer.model.http import Exchange, Headers, Request, Response
from analyzer.model.websocket import Upgrade
from analyzer.protocol.websocket_handshake import accept_for, asks_for_websocket, upgrade_of
from tests.protocol.wire import START_NS, source

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def made(asked: Headers | None, answered: Headers | None) -> Upgrade:
    request = response = None
    if asked is not None:
        request = Request(method="GET", url="/", headers=asked, source=source(1))
    if answered is not None:
        response = Response(status=101, headers=answered, source=source(2))
    return upgrade_of(Exchange(request=request, response=response), accepted=True)


def test_the_example_of_rfc_6455() -> None:
    """Section 1.3."""
    assert accept_for(KEY) == ACCEPT


def test_a_key_that_is_no_latin_1() -> None:
    assert accept_for("\u20ac") == accept_for("?")


@pytest.mark.parametrize(
    ("accept", "valid"), [(ACCEPT, True), (ACCEPT.lower(), False), ("", False)]
)
def test_the_answer_fits_the_key(accept: str, valid: bool) -> None:
    found = made((("sec-websocket-key", KEY),), (("SEC-WEBSOCKET-ACCEPT", accept),))
    assert found.accept_valid is valid


def test_what_is_missing_fits_nothing() -> None:
    assert made((("Sec-WebSocket-Key", KEY),), ()).accept_valid is None
    assert made((), (("Sec-WebSocket-Accept", ACCEPT),)).accept_valid is None
    assert made(None, None).time_ns is None
    assert made((), None).time_ns == START_NS + 1
    assert made(None, ()).time_ns == START_NS + 2


def test_what_was_chosen() -> None:
    found = made(
        (("Sec-WebSocket-Protocol", "a, b ,"), ("Sec-WebSocket-Protocol", "c")),
        (
            ("Sec-WebSocket-Protocol", "b"),
            ("Sec-WebSocket-Extensions", "x"),
            ("Sec-WebSocket-Extensions", "y"),
        ),
    )
    assert (found.offered, found.subprotocol, found.extensions) == (("a", "b", "c"), "b", "x, y")
    nothing = made((), (("Sec-WebSocket-Protocol", ""),))
    assert (nothing.offered, nothing.subprotocol, nothing.extensions) == ((), None, None)


def test_a_credential_behind_xmpp_is_no_subprotocol() -> None:
    assert made((("Sec-WebSocket-Protocol", "xmpp, c2VjcmV0"),), ()).offered == ("xmpp",)


def test_what_asks_for_a_websocket() -> None:
    def asks(*headers: tuple[str, str]) -> bool:
        request = Request(method="GET", url="/", headers=headers, source=source(1))
        return asks_for_websocket(request)

    assert asks(("Upgrade", "foo, WebSocket"))
    assert asks(("Sec-WebSocket-Key", KEY))  # a proxy took the rest away
    assert not asks(("Upgrade", "h2c"))
