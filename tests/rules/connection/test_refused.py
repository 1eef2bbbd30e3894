"""A refused upgrade is told by its status."""

from msgspec.structs import replace

from analyzer.model.diagnosis import Party
from analyzer.model.session import Session
from analyzer.rules import shelf
from analyzer.rules.connection.refused import KNOWN, refused_with
from tests.rules.climb import climb


def test_values() -> None:
    (session,) = climb("@response Server: nginx/1.22.1\n@no-upgrade 403 Forbidden").sessions
    (hit,) = refused_with(session, {403})
    assert hit.values == {"status": 403, "server": "192.0.2.1:8445", "software": "nginx/1.22.1"}
    assert list(refused_with(session, {404})) == []
    (session,) = climb("@no-upgrade 403 Forbidden").sessions
    (hit,) = refused_with(session, {403})
    assert hit.values["software"] == "an unnamed server"


def test_what_was_not_refused() -> None:
    for text in ("@login", "@no-upgrade 0", "@late\n1.0 C> <a/>\n2.0 S> <b/>"):
        for session in climb(text).sessions:
            assert list(refused_with(session, range(1000))) == []


def test_each_status_has_one_rule() -> None:
    rules = [rule for rule in shelf.load() if rule.id[:2] == "CO"]
    for status in (*KNOWN, 201, 402, 500, 599):
        subjects = climb(f"@no-upgrade {status} X").subjects
        findings, _ = shelf.run(subjects, rules)
        assert len(findings) == 1, status


def test_an_address_that_is_none() -> None:
    """A bracket without its partner, as captured."""
    (session,) = climb("@no-upgrade 404 Not Found").subjects[:1]
    assert isinstance(session, Session)
    rules = [rule for rule in shelf.load() if rule.id == "CO-021"]
    told = [
        shelf.run([replace(session, url=url)], rules)[0][0].party
        for url in ("wss://[::1/ws/", "wss://[::1/other", "wss://host", None)
    ]
    assert told == [None, None, Party.CLIENT, None]
