"""Sockets of gadgets and chats are none of the login's."""

import pytest

from analyzer.model.http import Exchange, Request
from analyzer.model.source import HarSource
from analyzer.model.websocket import Upgrade
from analyzer.rules import profiles, shelf
from analyzer.session.purpose import is_meant_for_xmpp
from analyzer.session.trace import Room, Trace
from tests.rules.climb import climb

CHAT = "@request Sec-WebSocket-Protocol:\n@response Sec-WebSocket-Protocol:\n"


@pytest.mark.parametrize("door", ["@packets", "@har"])
@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("@login until=open", True),
        ("9.0 C> [fin]", True),
        # agreed on nothing, but spoken
        (f"{CHAT}@url wss://a.test:8445/chat\n@login until=open", True),
        # offered only
        ("@response Sec-WebSocket-Protocol:\n@url wss://a.test:8445/x\n9.0 C> [fin]", True),
        ("@url wss://a.test:8445/x\n@no-upgrade 403 Forbidden", True),
        # told by its path alone
        (f"{CHAT}@no-upgrade 403 Forbidden", True),
        (f"{CHAT}9.0 C> [fin]", True),
        (f"{CHAT}@url wss://a.test:8445/socket.io/?x=/ws/\n9.0 C> [fin]", False),
        (f"{CHAT}@url wss://a.test:8445/socket.io/\n@no-upgrade 404 Not Found", False),
        (f"{CHAT}@url wss://a.test:8445/socket.io/\n1.0 C> [text] 2probe", False),
    ],
)
def test_purpose(door: str, text: str, ours: bool) -> None:
    assert len(climb(f"{door}\n{text}").sessions) == ours


def test_a_path_of_ours_with_another_language() -> None:
    assert climb(f"{CHAT}1.0 C> hello\n1.1 S> hello").sessions == ()


def test_a_gadget_that_fails_beside_a_login_is_no_fault_of_it() -> None:
    seen = climb(
        "@har\n@login\n@connection 3\n@url wss://a.test:8445/socket.io/\n"
        f"{CHAT}@no-upgrade 404 Not Found"
    )
    assert len(seen.sessions) == 1
    findings, _ = shelf.run(seen.subjects, [r for r in shelf.load() if r.id[:2] == "CO"])
    assert findings == []


def test_an_address_that_is_none() -> None:
    made = Trace(Room())
    source = HarSource(0, 0, None, None)
    exchange = Exchange(
        request=Request(method="GET", url="wss://[/ws/", source=source), response=None
    )
    made.feed([Upgrade(exchange=exchange, accepted=False)])
    assert not is_meant_for_xmpp(made, profiles.load("finesse"))
    made = Trace(Room())
    made.feed([Upgrade(exchange=Exchange(request=None, response=None), accepted=False)])
    assert not is_meant_for_xmpp(made, profiles.load("finesse"))
    assert not is_meant_for_xmpp(Trace(Room()), profiles.load("finesse"))


@pytest.mark.parametrize("content", ["jabber:server", "jabber:component:accept"])
def test_what_servers_say_to_each_other_is_no_login(content: str) -> None:
    streams = "xmlns:stream='http://etherx.jabber.org/streams'"
    client = f"@tcp\n0 C> <stream:stream xmlns='{content}' {streams} to='a.test' version='1.0'>"
    assert climb(client).sessions == ()
    asked = f"@tcp\n0 C> <stream:stream {streams} to='a.test' version='1.0'>"
    answered = f"\n0.1 S> <stream:stream xmlns='{content}' {streams} from='a.test' id='x'>"
    assert climb(asked + answered).sessions == ()
    assert len(climb(asked).sessions) == 1


def test_not_all_that_is_xml_is_xmpp() -> None:
    assert climb("@tcp\n0 C> <?xml version='1.0'?><e:Envelope xmlns:e='urn:x'/>").sessions == ()
