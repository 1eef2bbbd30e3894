"""The lines of a ladder become requests and responses of BOSH."""

import re

from analyzer.capture.ladder import LadderReader
from analyzer.capture.ladder_bosh import Post, posts
from analyzer.capture.ladder_text import parse
from analyzer.model.events import Item
from analyzer.model.flow import Connection, Gap, GapReason
from analyzer.model.http import Exchange
from analyzer.model.session import Carrier
from tests.rules.climb import climb

OPEN = "<open to='a.test'/>"
OPENED = "<open from='a.test'/>"
BEGIN = f"0.0 C> {OPEN}\n0.1 S> {OPENED}\n0.2 S> <stream:features/>\n"


def said(text: str) -> list[Post]:
    script = parse(f"@bosh\n{text}" if not text.startswith("@bosh") else text)
    assert script.wrong == []
    (talk,) = script.conversations
    return posts(talk.lines, talk.bosh, talk.last_ns)


def times(found: list[Post]) -> list[tuple[float, float | None]]:
    return [
        (post.asked_ns / 1e9, None if post.answered_ns is None else post.answered_ns / 1e9)
        for post in found
    ]


def rids(found: list[Post]) -> list[int]:
    return [int(re.findall(r" rid='(\d+)'", post.sent)[0]) for post in found]


def test_a_creation() -> None:
    (post,) = said(f"@bosh wait=30 sid=s1 rid=100\n{BEGIN}")
    assert times([post]) == [(0.0, 0.2)]
    assert post.sent.startswith("<body rid='100' to='a.test' ver='1.6' wait='30' hold='1'")
    assert " sid=" not in post.sent
    assert "<stream:features/></body>" in post.got
    for word in ("sid='s1'", "wait='30'", "inactivity='30'", "from='a.test'", "xmlns:stream="):
        assert word in post.got
    assert post.status == 200


def test_a_creation_without_features() -> None:
    first, second = said(f"0.0 C> {OPEN}\n0.1 S> {OPENED}\n0.3 C> <auth/>")
    assert times([first, second]) == [(0.0, 0.1), (0.3, None)]
    assert "features" not in first.got
    assert len(said(f"0.0 C> {OPEN}\n0.1 S> {OPENED}")) == 1


def test_stanzas_go_in_requests_that_are_numbered() -> None:
    found = said(f"{BEGIN}0.3 C> <a/>\n0.4 S> <b/>\n0.5 S> <c/>")
    assert times(found) == [(0.0, 0.2), (0.3, 0.4), (0.41, 0.5)]
    assert rids(found) == [rids(found)[0] + n for n in range(3)]
    assert found[1].sent.endswith("><a/></body>")
    assert found[2].sent.endswith("/>")
    assert found[2].got.endswith("><c/></body>")


def test_a_restart() -> None:
    found = said(f"{BEGIN}0.3 C> {OPEN}\n0.4 S> {OPENED}\n0.4 S> <stream:features/>")
    assert "xmpp:restart='true'" in found[1].sent
    assert " sid=" not in found[1].got
    assert "features" in found[1].got


def test_a_client_that_is_silent_goes_on_asking() -> None:
    found = said(f"@bosh wait=10\n{BEGIN}@until 25")
    assert times(found) == [(0.0, 0.2), (0.21, 10.21), (10.22, 20.22), (20.23, None)]


def test_a_client_that_speaks_while_a_request_is_held() -> None:
    found = said(f"{BEGIN}5.0 C> <a/>\n6.0 S> <b/>")
    assert times(found) == [(0.0, 0.2), (0.21, 5.001), (5.0, 6.0)]
    assert found[1].got.endswith("/>")


def test_good_byes() -> None:
    found = said(f"{BEGIN}0.5 C> <close/>\n0.6 S> <close/>\n@until 300")
    assert len(found) == 2
    assert "type='terminate'" in found[1].sent
    assert "type='terminate'" in found[1].got
    error = "<stream:error><conflict/></stream:error>"
    found = said(f"{BEGIN}0.5 S> {error}\n@until 300")
    assert len(found) == 2
    assert "type='terminate' condition='remote-stream-error'" in found[1].got
    assert error in found[1].got


def test_bodies_go_as_they_are_written() -> None:
    body = "<body rid='5' sid='x' xmlns='urn:y'/>"
    found = said(f"1 C> {body}\n2 S> <body sid='x'>text</body>\n@until 300")
    assert times(found) == [(1.0, 2.0)]
    assert found[0].sent == body
    assert "xmlns='http://jabber.org/protocol/httpbind'" in found[0].got
    found = said("1 C> <body rid='5'/>\n2 C> <a/>\n3 C> <body/>\n4 C> <b/>")
    assert rids([found[1], found[3]]) == [6, 7]


def test_answers_without_a_body() -> None:
    found = said(
        "1 C> <body rid='5'/>\n2 C> <body rid='6'/>\n3 S> [status 404 rid=6] gone\n"
        "4 S> [status 500 rid=9]\n5 S> [error net::ERR_FAILED]\n6 C> [binary 00]\n7 S> [binary 00]"
    )
    assert [(post.status, post.got, post.error) for post in found] == [
        (500, "", None),
        (404, "gone", None),
        (0, "", "net::ERR_FAILED"),
    ]


def test_what_is_added_is_bounded() -> None:
    assert len(said(f"@bosh wait=0\n{BEGIN}@until 999999")) == 1_000


def test_wrong_options() -> None:
    assert parse("@bosh wait=x").wrong == [1]
    assert parse("@bosh wait").wrong == [1]


def test_packets_and_har_tell_the_same() -> None:
    text = "@bosh\n@login\n200 S> [error x]\n201 C> <a/>"
    items: dict[bool, list[tuple[int, list[Item]]]] = {}
    for har in (False, True):
        reader = LadderReader(f"@har\n{text}" if har else text, 0)
        items[har] = [*reader.items()]
        assert reader.is_har == har
    har_exchanges = [item for _, some in items[True] for item in some if isinstance(item, Exchange)]
    exchanges = [item for _, some in items[False] for item in some if isinstance(item, Exchange)]
    # A HAR has no entry for a request that is still held.
    assert len(exchanges) == len(har_exchanges) + 1
    for one, other in zip(exchanges, har_exchanges, strict=False):
        assert one.request is not None
        assert other.request is not None
        assert one.request.body == other.request.body
        assert one.request.source.time_ns == other.request.source.time_ns
        assert (one.response is None) == (other.response is None)
    assert exchanges[-1].response is None
    assert [number for number, _ in items[True]] == [*range(len(har_exchanges))]
    for _, some in items[True]:
        assert isinstance(some[-1], Connection)


def test_a_login_climbs_as_over_websocket() -> None:
    for door in ("@packets", "@har"):
        (session,) = climb(f"{door}\n@bosh\n@login\n@until 90").sessions
        assert session.carrier is Carrier.BOSH
        assert session.jid == "a@example.test/desktop"
        assert session.anomalies == ()
        assert {step.status.value for step in session.steps if step.name.value != "tls"} == {"done"}


def test_the_connection_may_end_and_have_holes() -> None:
    reader = LadderReader(f"@bosh\n{BEGIN}1 S> [gap 10]\n2 S> [rst]", 0)
    ((_, items), *rest) = list(reader.items())
    items += [item for _, some in rest for item in some]
    assert [item.length for item in items if isinstance(item, Gap)] == [10]
    connection = items[-1]
    assert isinstance(connection, Connection)
    assert connection.to_server is not None
    assert connection.to_server.octets > 100


def test_what_tls_hides() -> None:
    reader = LadderReader(f"@bosh\n@tls locked=no-keys\n{BEGIN}", 0)
    items = [item for _, some in reader.items() for item in some]
    assert not any(isinstance(item, Exchange) for item in items)
    reasons = [item.reason for item in items if isinstance(item, Gap)]
    assert reasons == [GapReason.ENCRYPTED] * 2
