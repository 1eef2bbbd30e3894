"""Who opens a stream says who it is, and which XMPP it speaks, whatever carries it."""

import pytest

from analyzer.rules.opens import incomplete_opens
from tests.rules.climb import climb


@pytest.mark.parametrize("carrier", ["", "@tcp\n"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0.0 C> <open to='a.test' version='1.0'/>", []),
        ("0.0 C> <open version='1.0'/>", [("client", "to")]),
        ("0.0 C> <open to='a.test'/>", [("client", "version='1.0'")]),
        (
            "0.0 C> <open/>\n0.1 S> <open id='x' version='1.0'/>",
            [("client", "to, version='1.0'"), ("server", "from")],
        ),
    ],
)
def test_what_is_lacking(carrier: str, text: str, told: list[tuple[str, str]]) -> None:
    framing = "" if carrier else " xmlns='urn:ietf:params:xml:ns:xmpp-framing'"
    (session,) = climb(carrier + text.replace("<open", f"<open{framing}")).sessions
    hits = incomplete_opens(session)
    assert [(hit.values["side"], hit.values["lacking"]) for hit in hits] == told
