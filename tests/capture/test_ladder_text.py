"""What a ladder's lines mean, and which mean nothing."""

import pytest

from analyzer.capture.ladder_lines import Line
from analyzer.capture.ladder_text import Conversation, Start, parse, recordings
from analyzer.model.source import Direction

C, S = Direction.TO_SERVER, Direction.TO_CLIENT
SECOND = 1_000_000_000


def only(text: str) -> Conversation:
    script = parse(text)
    assert script.wrong == []
    (conversation,) = script.conversations
    return conversation


def line(text: str) -> Line:
    (said,) = only(text).lines
    return said


def test_a_stanza() -> None:
    assert line("  0.25 C> <a b='c'>d</a>  ") == Line(250_000_000, C, "xml", text="<a b='c'>d</a>")


def test_an_empty_message() -> None:
    assert line("12 S>") == Line(12 * SECOND, S, "xml")


def test_a_stanza_may_begin_with_a_bracket() -> None:
    assert line("0 S> [1] is no word").text == "[1] is no word"


def test_words_and_options() -> None:
    said = line("1 S> [close 1012 Service Restart]")
    assert (said.word, said.words) == ("close", ("1012", "Service", "Restart"))
    said = line("1 C> [text fin=0 rsv=4 mask=00ff00ff] <a/>")
    assert said.options == {"fin": "0", "rsv": "4", "mask": "00ff00ff"}
    assert said.text == "<a/>"
    said = line("1 C> [error a=b is no option]")
    assert said.words == ("a=b", "is", "no", "option")


def test_a_call_has_quoted_fields() -> None:
    said = line('1 C> [http GET /x 200 response.Date="Mon, 05 Jan 2026 08:00:00 GMT"] body')
    assert said.words == ("GET", "/x", "200")
    assert said.options == {"response.Date": "Mon, 05 Jan 2026 08:00:00 GMT"}


@pytest.mark.parametrize(
    "wrong",
    [
        "C> <a/>",
        "1 X> <a/>",
        "1e9 C> <a/>",
        "9999999999 C> <a/>",
        "1 C> [pling]",
        "1 C> [ping 0]",
        "1 C> [ping xx]",
        "1 C> [binary zz]",
        "1 C> [octets 1]",
        "1 C> [close 65536]",
        "1 C> [close soon]",
        "1 C> [text fin=2]",
        "1 C> [text =2]",
        "1 C> [frame opcode=16]",
        "1 C> [text rsv=8]",
        "1 C> [text mask=00]",
        "1 C> [text hex=0]",
        "1 C> [text fin=\u00b2]",
        "1 C> [gap]",
        "1 C> [gap many]",
        "1 C> [gap 3 because]",
        "1 C> [gap 9999999999]",
        "1 C> [http GET /]",
        "1 C> [http GET / 1000]",
        '1 C> [http GET / 200 a="b]',
        "@login until=tomorrow",
        "@login tomorrow",
        "@no-upgrade",
        "@no-upgrade never",
        "@no-connect",
        "@until",
        "@until 1.",
        "@connection soon",
        "@url wss://[",
        "@url wss://example.test",
        "@request Host",
        "@response : 3",
        "@recording facts",
        "@tcp to_server.octets=1",
        "@tcp up.retransmitted=1",
        "@tcp to_server.retransmitted=x",
        "@nothing",
    ],
)
def test_what_means_nothing_is_named_and_passed_over(wrong: str) -> None:
    script = parse(f"0 C> <a/>\n\n{wrong}\n1 C> <b/>")
    assert script.wrong == [3]
    assert [said.text for said in script.conversations[0].lines][:2] == ["<a/>", "<b/>"]


def test_directives() -> None:
    talk = only(
        """
        @url ws://example.test:7071/ws/
        @request Origin:
        @response Sec-WebSocket-Protocol: chat: x
        @no-upgrade 403 Not Today
        @until 7.5
        """
    )
    assert talk.url == "ws://example.test:7071/ws/"
    assert talk.request == {"Origin": None}
    assert talk.response == {"Sec-WebSocket-Protocol": "chat: x"}
    assert (talk.start, talk.status, talk.reason) == (Start.REFUSED, 403, "Not Today")
    assert (talk.first_ns, talk.last_ns) == (0, 7_500_000_000)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("@login", Start.UPGRADE),
        ("@late", Start.LATE),
        ("@raw", Start.RAW),
        ("@tls", Start.TLS),
        ("@no-connect silent", Start.UNREACHED),
        ("0 C> [http GET / 200]", Start.HTTP),
    ],
)
def test_how_a_connection_starts(text: str, start: Start) -> None:
    assert only(text).start is start


def test_from_which_end() -> None:
    assert not parse("").har
    assert parse("@har").har
    assert not parse("@har\n@packets").har
    assert parse("@har").conversations == []


def test_facts() -> None:
    assert parse("@recording a=1 b=x\n@recording a=2").facts == [("a", "1"), ("b", "x"), ("a", "2")]


def test_a_login_begins_when_its_connection_does() -> None:
    first, second = parse("@login until=open\n@connection 5\n@login until=auth").conversations
    assert [said.time_ns for said in first.lines] == [0, 50_000_000, 100_000_000]
    assert second.first_ns == 5 * SECOND
    assert len(second.lines) == 5


def test_another_connection_comes_a_second_later_and_keeps_the_url() -> None:
    first, second, third = parse(
        "@url wss://a.test:1/\n3 C> <a/>\n@connection\n@late\n@connection\n@tls"
    ).conversations
    assert second.begins_ns == 4 * SECOND
    assert third.begins_ns == 5 * SECOND
    assert first.url == second.url == third.url


def test_a_first_connection_may_say_when_it_begins() -> None:
    assert only("@connection\n@tls").begins_ns == SECOND
    assert only("@connection 3\n@login until=connect").first_ns == 3 * SECOND


def test_a_call_is_a_connection_beside_the_socket() -> None:
    talk, call = parse("0 C> <a/>\n1 C> [http GET /x 200]\n2 C> <b/>").conversations
    assert [said.text for said in talk.lines] == ["<a/>", "<b/>"]
    assert call.start is Start.HTTP


def test_a_clock_that_is_ahead() -> None:
    assert parse("@clock 2.5\n@login").clock_ns == 2_500_000_000
    assert parse("@login").clock_ns == 0


def test_several_recordings_of_one_case() -> None:
    assert recordings("@login\n  @also \n@har\n@login") == ["@login", "@har\n@login"]
    assert recordings("@login") == ["@login"]
    assert parse("@login\n@also\n@login").wrong == [2]
