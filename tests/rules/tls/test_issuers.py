"""Sessions whose certificate comes from elsewhere."""

from msgspec.structs import replace

from analyzer.model.session import Session
from analyzer.model.tls import TlsFacts
from analyzer.rules.tls.issuers import odd_ones
from tests.rules.said import session
from tests.rules.tls.test_chain import LEAF


def shown(number: int, issuer: str, name: str | None = "a.test") -> Session:
    facts = TlsFacts(certificates=(replace(LEAF, issuer=issuer),), server_name=name)
    return replace(session(), number=number, tls=facts)


def odd(*sessions: Session) -> list[tuple[int, str, str, int]]:
    return [(o.session.number, o.issuer, o.usual, o.others) for o in odd_ones(sessions)]


def test_the_few_among_many() -> None:
    assert odd(shown(1, "CA"), shown(2, "Proxy"), shown(3, "CA")) == [(2, "Proxy", "CA", 2)]


def test_of_as_many_the_later_ones() -> None:
    assert odd(shown(1, "CA"), shown(2, "Proxy")) == [(2, "Proxy", "CA", 1)]


def test_other_names_have_other_issuers() -> None:
    assert odd(shown(1, "CA"), shown(2, "Other", "b.test")) == []
    # Without a name the server's address stands for it.
    assert odd(shown(1, "CA", None), shown(2, "Proxy", None)) == [(2, "Proxy", "CA", 1)]


def test_what_was_not_seen_is_left_out() -> None:
    assert odd(session(), replace(session(), tls=TlsFacts()), shown(3, "CA")) == []
