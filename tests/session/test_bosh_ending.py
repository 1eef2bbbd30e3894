"""How a BOSH session ended of which neither side took leave."""

import pytest

from analyzer.model.bosh import BoshFacts
from analyzer.model.flow import EndCause
from analyzer.model.session import CloseKind, Session
from analyzer.model.source import Side
from analyzer.session.bosh_ending import last_request
from tests.session.conversation import at, ns, tcp
from tests.session.posts import Post, answer, body, login, sessions

RID = 1_000_005
HELD = Post(1.0, None, body(RID))


def ended(*posts: Post, until: float = 10.0, har: bool = False) -> Session:
    (one,) = sessions([(0, post) for post in [*login(), *posts]], until=until, har=har)
    return one


def by(one: Session) -> tuple[CloseKind, Side | None, bool | None, str | None]:
    return one.close.kind, one.close.by, one.close.orderly, one.close.condition


@pytest.mark.parametrize(
    ("status", "condition"),
    [
        (400, "bad-request"),
        (403, "policy-violation"),
        (404, "item-not-found"),
        (502, "HTTP 502"),
    ],
)
def test_http_refused(status: int, condition: str) -> None:
    one = ended(Post(1.0, 1.1, body(RID), "no", status), Post(2.0, 2.1, body(RID + 1), "no", 503))
    assert by(one) == (CloseKind.BOSH_ERROR, Side.SERVER, False, condition)
    assert one.close.time_ns == ns(1.1)


def test_what_the_session_survived_did_not_end_it() -> None:
    one = ended(Post(1.0, 1.1, body(RID), "no", 502), Post(2.0, 2.1, body(RID)))
    assert by(one) == (CloseKind.OPEN, None, None, None)


def test_a_termination_with_a_condition() -> None:
    one = ended(Post(1.0, 1.1, body(RID), answer("", "type='terminate' condition='other-request'")))
    assert by(one) == (CloseKind.BOSH_ERROR, Side.SERVER, False, "other-request")
    graceful = ended(Post(1.0, 1.1, body(RID), answer("", "type='terminate'")))
    assert by(graceful) == (CloseKind.XMPP_CLOSE, Side.SERVER, True, None)


def test_a_stream_error() -> None:
    error = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    said = answer(error, "type='terminate' condition='remote-stream-error'")
    one = ended(Post(1.0, 1.1, body(RID), said))
    assert by(one) == (CloseKind.STREAM_ERROR, Side.SERVER, False, "conflict")


@pytest.mark.parametrize(
    ("cause", "side", "kind", "orderly"),
    [
        (EndCause.RST, Side.SERVER, CloseKind.RST, False),
        (EndCause.FIN, Side.SERVER, CloseKind.FIN, False),
        (EndCause.FIN, Side.CLIENT, CloseKind.FIN, None),
    ],
)
def test_a_held_request_was_broken_off(
    cause: EndCause, side: Side, kind: CloseKind, orderly: bool | None
) -> None:
    posts = [(0, post) for post in [*login(), HELD]]
    (one,) = sessions(posts, {0: tcp(cause, 5.0, side)})
    assert by(one) == (kind, side, orderly, None)
    assert one.close.source == at(5.0)


def test_a_held_request_was_still_held() -> None:
    posts = [(0, post) for post in [*login(), HELD]]
    (one,) = sessions(posts, {0: tcp(EndCause.CAPTURE_END, 5.0)})
    assert by(one) == (CloseKind.OPEN, None, None, None)
    assert by(ended(HELD, har=True))[0] is CloseKind.OPEN


def test_what_the_browser_said() -> None:
    one = ended(HELD._replace(error="net::ERR_CONNECTION_RESET"), har=True)
    assert by(one) == (CloseKind.CLOSED, None, False, None)
    assert one.close.reason == "net::ERR_CONNECTION_RESET"


def test_nobody_asked_again() -> None:
    assert by(ended(until=20.0)) == (CloseKind.OPEN, None, None, None)
    one = ended(until=40.0)
    assert by(one) == (CloseKind.UNKNOWN, Side.CLIENT, None, None)
    assert one.close.time_ns == ns(0.41)


def test_a_request_without_an_answer_long_before_the_end_tells_nothing() -> None:
    later = [Post(n * 20.0, n * 20.0 + 19.9, body(RID + n)) for n in range(1, 5)]
    assert by(ended(HELD, *later, until=100.0))[0] is CloseKind.OPEN


def test_without_any_request() -> None:
    facts = BoshFacts(sid=None, url="")
    assert last_request(facts, None, 0).kind is CloseKind.OPEN
    assert last_request(facts, None, ns(0)).source is None
