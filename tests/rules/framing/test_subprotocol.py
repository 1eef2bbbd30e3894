"""Whose fault it is that a handshake failed for want of the subprotocol."""

import pytest

from analyzer.model.diagnosis import Party
from analyzer.rules.framing.subprotocol import refused
from tests.rules.climb import climb

NOT_ECHOED = (
    "Error during WebSocket handshake: Sent non-empty 'Sec-WebSocket-Protocol' header but no "
    "response was received"
)
NOT_OFFERED = "@request Sec-WebSocket-Protocol:\n"


@pytest.mark.parametrize(
    ("text", "party"),
    [
        (f"@har\n@no-upgrade 0 {NOT_ECHOED}", Party.PROXY),
        (NOT_OFFERED + "@no-upgrade 400 Bad Request", Party.CLIENT),
        (NOT_OFFERED + "@no-upgrade 503 Service Unavailable", Party.CLIENT),
        (NOT_OFFERED + "@no-upgrade 429 Too Many Requests", None),
        ("@no-upgrade 400 Bad Request", None),
        ("@har\n@no-upgrade 0 net::ERR_EMPTY_RESPONSE", None),
    ],
)
def test_who_left_it_out(text: str, party: Party | None) -> None:
    (session,) = climb(text).sessions
    assert [hit.party for hit in refused(session.upgrade)] == ([party] if party else [])


def test_a_handshake_that_nobody_saw() -> None:
    assert list(refused(None)) == []
