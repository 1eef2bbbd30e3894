import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import har_json
from analyzer.capture.har_json import Entry
from analyzer.capture.har_salvage import closed, salvage
from analyzer.model.limits import JSON_DEPTH
from tests.capture.har_written import row, socket

WHOLE: dict[str, Any] = {"a": [1, {"b": "x,]}\\"}, "c"], "d": {"e": True, "f": None}, "g": "end"}


def url(entry: Entry) -> str:
    return har_json.text(har_json.struct(entry.request, har_json.Request).url)


def test_every_beginning_closes_to_json_that_begins_alike() -> None:
    octets = json.dumps(WHOLE).encode()
    for cut in range(1, len(octets)):
        value = json.loads(closed(octets[:cut]))
        assert list(value) == list(WHOLE)[: len(value)]
        for key in list(value)[:-1]:
            assert value[key] == WHOLE[key]
    assert json.loads(closed(octets)) == WHOLE


@given(st.text(alphabet='{}[]",:\\a1 ', max_size=40))
def test_closing_ends_whatever_it_is_given(text: str) -> None:
    whole = closed(b'{"k":' + text.encode())
    assert whole.startswith(b"{")


def test_brackets_that_do_not_fit_end_it() -> None:
    assert json.loads(closed(b'{"a":1,"b":[2}, "c":3}')) == {"a": 1, "b": []}
    assert closed(b"]") == b""


def test_nothing_deeper_than_so_much_is_closed() -> None:
    assert closed(b'{"a":' * 1000) == b'{"a":' * (JSON_DEPTH - 1) + b"{" + b"}" * JSON_DEPTH


def test_messages_last_as_chrome_writes_them_now() -> None:
    octets = json.dumps(socket([row("<a/>"), row("<b/>")]))
    cut = octets.index("<b/>") + 2
    entry = salvage(memoryview(octets[:cut].encode()))
    assert entry is not None
    assert url(entry) == "wss://finesse.example.test:8445/ws/"
    assert bytes(entry.messages) == octets[octets.index("[{", octets.index("_webS")) : cut].encode()


def test_messages_first_as_chrome_wrote_them() -> None:
    whole = socket([row("<a/>")])
    older = {"_webSocketMessages": whole.pop("_webSocketMessages"), **whole}
    octets = json.dumps(older)
    # Cut within the messages, the URL is lost; cut behind them, it is not.
    for end, expected in (("<a/>", ""), ('"headers"', "wss://finesse.example.test:8445/ws/")):
        entry = salvage(memoryview(octets[: octets.index(end)].encode()))
        assert entry is not None
        assert url(entry) == expected
        assert har_json.is_list(entry.messages)


def test_messages_survive_a_request_that_cannot_be_read() -> None:
    octets = b'{"request" @ {"url":"x"},"_webSocketMessages":[{"type":"send"'
    entry = salvage(memoryview(octets))
    assert entry is not None
    assert bytes(entry.request) == b""
    assert bytes(entry.messages) == b'[{"type":"send"'


def test_an_entry_without_messages() -> None:
    entry = salvage(memoryview(b'{"request":{"url":"https://desk.example.test","headers":[{"na'))
    assert entry is not None
    assert url(entry) == "https://desk.example.test"
    # Both broken off and not to every parser's taste.
    entry = salvage(memoryview(b'{"time":NaN,"request":{"url":"\\ud83d","me'))
    assert entry is not None
    assert url(entry) == "\ufffd"


def test_nothing_to_save() -> None:
    assert salvage(memoryview(b'{"time":12,"request":')) is None
    assert salvage(memoryview(b"{@@@")) is None
    assert salvage(memoryview(b'{@"request":{},"b":2')) is None


def test_what_precedes_damage_is_kept() -> None:
    entry = salvage(memoryview(b'{"request":{"url":"a"},@"response":{"status":101},"b":2'))
    assert entry is not None
    assert (url(entry), bytes(entry.response)) == ("a", b"")
