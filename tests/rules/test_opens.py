"""Who opens a stream says who it is, and which XMPP it speaks, whatever carries it."""

import pytest

from analyzer.rules.opens import incomplete_opens, other_domain
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


@pytest.mark.parametrize(
    ("asked", "answered", "other"),
    [
        ("to='a.test'", "from='b.test'", ("a.test", "b.test")),
        ("to='a.test'", "from='A.test'", None),
        ("to='a.test'", "", None),
        ("", "from='b.test'", None),
    ],
)
def test_an_answer_for_another_domain(
    asked: str, answered: str, other: tuple[str, str] | None
) -> None:
    framing = "xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'"
    text = f"0.0 C> <open {framing} {asked}/>\n0.1 S> <open {framing} id='x' {answered}/>"
    (session,) = climb(text).sessions
    found = other_domain(session.stanzas)
    assert (None if found is None else (found.asked, found.answered)) == other
    assert found is None or found.stanza is session.stanzas[1]
