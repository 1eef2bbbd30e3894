"""A ladder of a HAR says what the HAR of the same conversation would say."""

from analyzer.capture.ladder_har import HarLadder
from analyzer.capture.ladder_text import parse
from analyzer.model.events import Item
from analyzer.model.flow import Connection, EndCause
from analyzer.model.http import Exchange, field
from analyzer.model.recording import HarFacts, TimeBase
from analyzer.model.source import Direction, HarSource
from analyzer.model.websocket import Message, MessageKind, SocketEnd, Upgrade

MS = 1_000_000


CHROME = HarFacts()


def ladder(text: str, producer: HarFacts = CHROME) -> HarLadder:
    script = parse(text)
    assert script.wrong == []
    return HarLadder(script, 2, 1_000_000 * MS, producer)


def socket(
    text: str, producer: HarFacts = CHROME
) -> tuple[Upgrade, list[Item], SocketEnd, Connection]:
    ((entry, items),) = ladder(text, producer).items()
    assert entry == 0
    upgrade, *messages, end, connection = items
    assert isinstance(upgrade, Upgrade)
    assert isinstance(end, SocketEnd)
    assert isinstance(connection, Connection)
    return upgrade, messages, end, connection


def test_a_socket_still_open() -> None:
    upgrade, messages, end, connection = socket("1 C> <a/>\n2 S> <b/>\n@until 9")
    assert upgrade.accepted
    assert upgrade.accept_valid
    assert (upgrade.offered, upgrade.subprotocol) == (("xmpp",), "xmpp")
    assert upgrade.exchange.request is not None
    assert upgrade.exchange.request.url == "wss://finesse.example.test:8445/ws/"
    assert messages == [
        Message(
            direction=way,
            kind=MessageKind.TEXT,
            payload=text,
            source=HarSource(2, 0, index, (1_000_000 + 1000 * second) * MS),
        )
        for index, (way, text, second) in enumerate(
            [(Direction.TO_SERVER, b"<a/>", 1), (Direction.TO_CLIENT, b"<b/>", 2)]
        )
    ]
    assert end.open_at_export
    assert end.time_ns == 1_009_000 * MS
    assert connection.ended_by is EndCause.CAPTURE_END
    assert connection.client is None
    assert str(connection.server) == "finesse.example.test:8445"


def test_what_a_har_does_not_show() -> None:
    _, messages, end, connection = socket(
        "0 C> <a/>\n1 C> [ping]\n2 S> [gap 3]\n3 S> [close 1012 Bye]\n4 C> <late/>\n5 S> [fin]"
    )
    assert len(messages) == 2
    assert (end.open_at_export, end.code, end.reason) == (False, None, None)
    assert end.time_ns == 1_003_000 * MS
    assert connection.ended_by is EndCause.CLOSED


def test_a_producer_that_writes_codes() -> None:
    _, _, end, _ = socket(
        "0 C> <a/>\n3 S> [close 1012 Service Restart]", HarFacts(records_close_code=True)
    )
    assert (end.code, end.reason) == (1012, "Service Restart")
    _, _, end, _ = socket("0 C> <a/>\n3 S> [close]", HarFacts(records_close_code=True))
    assert (end.code, end.reason) == (None, None)
    _, _, end, _ = socket("0 C> <a/>\n3 S> [rst]", HarFacts(records_close_code=True))
    assert (end.code, end.open_at_export) == (None, False)


def test_fragments_are_put_together() -> None:
    _, messages, _, _ = socket(
        "0 C> [text fin=0] <a>\n1 S> <b/>\n2 C> [continuation fin=0] x\n"
        "3 C> [continuation] </a>\n4 S> [binary 00ff]"
    )
    said = [(m.kind, m.payload) for m in messages if isinstance(m, Message)]
    text, binary = MessageKind.TEXT, MessageKind.BINARY
    assert said == [(text, b"<b/>"), (text, b"<a>x</a>"), (binary, b"\0\xff")]


def test_a_producer_without_messages() -> None:
    told = ladder("@login", HarFacts(records_messages=False))
    assert told.facts().sockets[0].messages is None
    assert not any(isinstance(item, Message) for _, items in told.items() for item in items)


def test_the_browsers_words() -> None:
    _, _, end, connection = socket("0 C> <a/>\n1 S> [error Connection closed abnormally]")
    assert end.error == "Connection closed abnormally"
    assert end.open_at_export is False
    assert end.time_ns == 1_001_000 * MS
    assert connection.closed_ns == end.time_ns


def test_a_refused_upgrade() -> None:
    upgrade, messages, end, _ = socket("@no-upgrade 403 Forbidden")
    assert not upgrade.accepted
    assert messages == []
    assert upgrade.exchange.response is not None
    assert (upgrade.exchange.response.status, upgrade.exchange.response.reason) == (
        403,
        "Forbidden",
    )
    assert upgrade.exchange.error == (
        "Error during WebSocket handshake: Unexpected response code: 403"
    )
    assert (end.open_at_export, end.error) == (False, None)


def test_no_answer_at_all() -> None:
    upgrade, _, _, _ = socket("@no-upgrade 0 net::ERR_CERT_AUTHORITY_INVALID")
    assert upgrade.exchange.response is None
    assert upgrade.exchange.error == "net::ERR_CERT_AUTHORITY_INVALID"
    upgrade, _, _, _ = socket("@no-connect silent")
    assert upgrade.exchange.response is None
    assert upgrade.exchange.error is not None
    assert upgrade.exchange.error.endswith("net::ERR_CONNECTION_TIMED_OUT")
    assert upgrade.offered == ("xmpp",)


def test_another_answer_to_the_key() -> None:
    assert socket("@response Sec-WebSocket-Accept: x\n0 C> <a/>")[0].accept_valid is False
    assert socket("@response Sec-WebSocket-Accept:\n0 C> <a/>")[0].accept_valid is None


def test_calls() -> None:
    told = ladder('0 C> [http PUT /finesse/x 202 requestId=7 response.Server="a b"] <ok/>')
    ((entry, items),) = told.items()
    call, connection = items
    assert isinstance(call, Exchange)
    assert isinstance(connection, Connection)
    assert call.request is not None
    assert call.response is not None
    assert (call.request.method, call.request.url) == (
        "PUT",
        "https://finesse.example.test:8445/finesse/x",
    )
    assert field(call.request.headers, "requestid") == "7"
    assert (call.response.status, call.response.body) == (202, b"<ok/>")
    assert field(call.response.headers, "server") == "a b"
    assert entry == 0
    ((_, items),) = ladder("@url ws://a.test:80/ws/\n0 C> [http GET /x 0]").items()
    assert isinstance(items[0], Exchange)
    assert items[0].response is None
    assert items[0].request is not None
    assert items[0].request.url == "http://a.test:80/x"


def test_facts() -> None:
    facts = ladder("@login\n@connection 5\n@no-upgrade 403 No\n6 C> [http GET /x 200]").facts()
    assert (facts.entries, facts.producer, facts.time_base) == (
        3,
        "WebInspector 537.36",
        TimeBase.SECONDS,
    )
    assert [(s.entry, s.status, s.messages) for s in facts.sockets] == [(0, 101, 19), (1, 0, 0)]
    assert (facts.first_ns, facts.last_ns) == (1_000_000 * MS, 1_006_000 * MS)


def test_an_empty_har() -> None:
    for text in ("@har", "@late\n0 C> <a/>"):
        told = ladder(text)
        assert list(told.items()) == []
        facts = told.facts()
        assert (facts.entries, facts.first_ns, facts.last_ns) == (0, None, None)
        assert facts.time_base is TimeBase.NONE
