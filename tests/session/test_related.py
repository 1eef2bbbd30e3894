"""Whether a session of the last recording may be one that another holds."""

import pytest
from msgspec.structs import replace

from analyzer.model.session import Session
from analyzer.session.related import Related
from tests.rules.climb import climb

LOCKED = "@tls locked=no-keys alpn=http/1.1 cadence=10"
OTHER_KEY = "@request Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n@response Sec-WebSocket-Accept:"
LATE = "@late\n20.0 C> <presence xmlns='jabber:client'><show>away</show></presence>"


def seen(text: str) -> Session:
    (session,) = climb(text).sessions
    return session


def moved(session: Session) -> Session:
    """From another client, so that its ends tell nothing."""
    assert session.connection is not None
    return replace(session, connection=replace(session.connection, client=None))


@pytest.mark.parametrize(
    ("held", "text", "may"),
    [
        ("@har\n@login", "@login", True),  # the same key
        ("@har\n@bosh sid=x\n@login", f"{OTHER_KEY}\n@stream\n@login", False),
        ("@har\n@login", LOCKED + "\n@login", True),  # the same port
        ("@har\n@url wss://finesse.example.test:7443/ws/\n@login", f"{LOCKED}\n@login", False),
        ("@stream\n@login", f"{LOCKED}\n@login", False),
        (LOCKED + "\n@login", "@har\n@login", True),
        ("@stream\n@login", "@har\n@bosh sid=x\n@login", False),
        (LATE, f"{OTHER_KEY}\n" + LATE.replace("@late", "@login"), True),  # the same words
        ("@login\n" + LATE.replace("@late", ""), LATE, True),
        ("@stream\n@login", LATE, False),
    ],
)
def test_what_it_has_in_common(held: str, text: str, *, may: bool) -> None:
    assert Related([seen(held)]).may_hold(moved(seen(text))) is may


def test_both_ends_of_a_connection() -> None:
    held = seen(f"{LOCKED}\n@login")
    assert Related([held]).may_hold(held)
    assert not Related([moved(held)]).may_hold(held)


def test_what_has_no_connection() -> None:
    held, lost = seen("@har\n@login"), replace(seen(f"{LOCKED}\n@login"), connection=None)
    assert not Related([held]).may_hold(lost)
    assert not Related([replace(held, connection=None)]).may_hold(seen(f"{LOCKED}\n@login"))
    assert not Related([]).may_hold(held)
