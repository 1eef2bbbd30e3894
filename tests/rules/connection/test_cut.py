"""Connections that went down without a good-bye, and what silence before it means."""

import pytest

from analyzer.model.session import Session
from analyzer.rules.connection.cut import is_cut, is_idle_cut, told
from tests.rules.climb import climb

PING = "C> <iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"

GONE = "C> <presence xmlns='jabber:client' type='unavailable'/>"
REFUSED = "S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"


def only(text: str) -> Session:
    (session,) = climb(text).sessions
    return session


@pytest.mark.parametrize(
    ("text", "cut", "idle"),
    [
        ("@login", False, False),
        ("@login\n2.0 S> [fin]", True, False),
        ("@login\n2.0 C> [fin]", True, False),
        ("@login\n2.0 S> [rst]", True, False),
        ("@login\n6.0 S> [fin]", True, True),
        ("@har\n@login\n6.0 S> [fin]", True, True),
        ("@login\n6.0 S> [rst]", True, False),
        ("@login\n12.0 S> [rst]", True, True),
        ("@login\n6.0 C> [fin]", True, False),
        (f"@login\n1.0 {PING}\n8.0 S> [fin]", True, False),
        (f"@login\n8.0 S> [fin]\n9.0 {PING}", True, True),
        ("@login\n2.0 S> [close 1012]\n2.1 S> [fin]", False, False),
        (f"@login\n2.0 {GONE}\n9.0 C> [fin]", False, False),
        ("@no-connect refused", False, False),
        ("@no-upgrade 403 Forbidden\n1.0 S> [fin]", False, False),
        (f"@login until=open\n1.0 {REFUSED}\n9.0 S> [fin]", False, False),
        ("9.0 S> [fin]", True, False),
    ],
)
def test_cuts(text: str, cut: bool, idle: bool) -> None:
    session = only(text)
    assert is_cut(session) is cut
    assert is_idle_cut(session) is idle


def test_late_start_may_be_cut() -> None:
    session = only("@late\n1.0 S> <presence xmlns='jabber:client'/>\n2.0 S> [rst]")
    assert is_cut(session)


def test_told() -> None:
    values = told(only("@login\n60.9 S> [fin]"))
    assert values == {
        "server": "192.0.2.1:8445",
        "how": "fin",
        "side": "server",
        "idle_s": 60.0,
        "age_s": 60.9,
        "ping_s": 10.0,
    }
    assert told(only("@har\n@login\n3.0 S> [fin]"))["side"] == "one side"
