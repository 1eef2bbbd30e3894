"""Texts lose their secrets and stay what they are."""

import base64
import json

import pytest

from analyzer.report.har.text import BORDER, HarText, clean
from analyzer.report.redaction.patterns import SecretKind
from analyzer.report.redaction.people import People
from analyzer.report.redaction.vault import MARK, Vault

SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"


def texts(*, people: bool = False) -> HarText:
    vault = Vault()
    return HarText(vault, People(vault) if people else None)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_sasl_stays_readable_and_is_not_taken_twice() -> None:
    text = texts()
    left = text.xmpp(
        f"<auth {SASL} mechanism='PLAIN'>{b64(chr(0) + 'agent' + chr(0) + 'hunter22')}</auth>"
    )
    content = left.partition(">")[2].partition("<")[0]
    assert base64.b64decode(content).decode() == "\0agent\0[redacted: password 1]"
    assert text.vault.counts == {SecretKind.PASSWORD: 1}


@pytest.mark.parametrize(
    "xml",
    [
        "<response><status>200</status></response>",
        "<auth/>",
        f"<success {SASL}/>",
        f"<response {SASL}></response>",
        "<iq type='result' id='a'/>",
    ],
)
def test_what_holds_no_secret_stays(xml: str) -> None:
    assert texts().xmpp(xml) == xml


def test_several_elements_in_one_text() -> None:
    one, two = (b64(f"\0agent\0secret-{n}") for n in "ab")
    text = texts()
    left = text.xmpp(
        f"<body><auth {SASL} mechanism='PLAIN'>{one}</auth><iq/>"
        f"<auth {SASL} mechanism='PLAIN'>{two}</auth></body>"
    )
    marks = [
        base64.b64decode(part.partition("<")[0]).decode() for part in left.split("'PLAIN'>")[1:]
    ]
    assert [mark.rpartition("\0")[2] for mark in marks] == [
        "[redacted: password 1]",
        "[redacted: password 2]",
    ]


def test_remains_of_an_element_whose_beginning_is_lost() -> None:
    assert texts().xmpp("AGFnZW50AGh1bnRlcjIy</auth>") == "[redacted: sasl exchange 1]</auth>"
    assert texts().xmpp(" </auth>") == " </auth>"


def test_messages_keep_their_number() -> None:
    whole = f"<auth {SASL} mechanism='PLAIN'>{b64(chr(0) + 'agent' + chr(0) + 'hunter22')}</auth>"
    text = texts()
    left = text.xmpp(BORDER.join((whole[:70], whole[70:80], whole[80:]))).split(BORDER)
    assert len(left) == 3
    assert base64.b64decode("".join(left).partition("PLAIN'>")[2].partition("<")[0]).endswith(
        b" 1]"
    )
    form = text.xmpp(BORDER.join(("<password>hun", "ter", "22</password>"))).split(BORDER)
    assert form == ["<password>[redacted: password 1]", "", "</password>"]


def test_what_people_write() -> None:
    chat = "<message><body>to you</body></message>"
    assert texts().xmpp(chat) == chat
    left = texts(people=True).xmpp(chat)
    assert left == "<message><body>[redacted: message text 1]</body></message>"
    told = "<message><event>&lt;status&gt;IN_SERVICE&lt;/status&gt;</event></message>"
    assert texts(people=True).xmpp(told) == told


def test_people_in_a_login() -> None:
    text = texts(people=True)
    for name in ("agent1001", "agent1001@a.test"):
        left = text.xmpp(f"<auth {SASL} mechanism='PLAIN'>{b64(f'{chr(0)}{name}{chr(0)}x')}</auth>")
        who = base64.b64decode(left.partition("'PLAIN'>")[2].partition("<")[0]).split(b"\0")[1]
        assert who == name.replace("agent1001", "person-1").encode()


def test_urls_hold_marks_as_urls_do() -> None:
    text = texts()
    left = text.url("https://a.test/x?token=abcdef&y=1")
    assert left == "https://a.test/x?token=%5Bredacted%3A%20token%201%5D&y=1"
    assert text.url(left) == left
    assert text.is_url(left)
    assert not text.is_url("see https://a.test/")


def test_headers() -> None:
    text = texts(people=True)
    assert text.header("X-Remote-User", "agent1001") == "person-1"
    assert text.header("Authorization", "Bearer abcdefgh1") == "Bearer [redacted: authorization 1]"
    assert text.header("Accept", "*/*") == "*/*"


def test_forms() -> None:
    text = texts()
    left = text.form("u=a&password=a+b%21c&flag&empty=")
    assert left == "u=a&password=[redacted: password 1]&flag&empty="
    text.begin()
    assert text.plain("it was a b!c") == "it was [redacted: password 1]"


def test_json_stays_json() -> None:
    text = texts()
    body = (
        '{"credentials": {"x": ["abcdef", 5], "y": {"z": "ghijkl"}}, "a": [1.50, null, true, "x"]}'
    )
    left = json.loads(text.json(body))
    assert left["a"] == [1.5, None, True, "x"]
    assert "abcdef" not in json.dumps(left)
    assert "ghijkl" not in json.dumps(left)
    assert text.json(body) == text.json(body)
    assert text.json('{"a": 1.50}') == '{"a": 1.50}'


def test_json_that_would_lose_a_bracket_is_written_again() -> None:
    text = texts()
    body = (
        '{"secret": [["abcdef"], {"b": 7}], "token": {"kid": "x"},'
        ' "n": [{"name": "pin", "value": 123456}, "password=hunter22"]}'
    )
    left = text.json(body)
    marks = MARK.findall(left)
    assert text.vault.counts.total() == len(marks) == 5
    assert json.loads(MARK.sub("X", left)) == {
        "secret": [["X"], {"b": "X"}],
        "n": [{"name": "pin", "value": "X"}, "password=X"],
        "token": {"kid": "X"},
    }


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"password": "hunter22"'])
def test_what_is_no_json_is_a_text(text: str) -> None:
    assert "hunter22" not in texts().json(text)


def test_the_same_text_is_looked_at_once() -> None:
    text = texts()
    for number in range(30_000):
        assert text.plain(f"word {number}") == f"word {number}"
    text.begin()
    text.vault.remember(SecretKind.TOKEN, "abcdefgh")
    assert text.plain("it is abcdefgh") == "it is [redacted: token 1]"


def test_halves_of_characters_are_no_text() -> None:
    assert clean("a\ud800b") == "a\ufffdb"
    assert texts().plain("a\udc00") == "a\ufffd"


@pytest.mark.parametrize("name", ["body", "c:body", "subject"])
@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ("see you", "[redacted: message text 1]"),
        ("<![CDATA[see <b>you</b>]]>", "[redacted: message text 1]"),
        ("well, <![CDATA[see]]> you", "[redacted: message text 1]"),
        ("<p>see</p>", "<p>[redacted: message text 1]</p>"),
    ],
)
def test_what_people_write_goes_however_it_is_written(name: str, inner: str, left: str) -> None:
    told = texts(people=True).xmpp(f"<message><{name}>{inner}</{name}></message>")
    assert told == f"<message><{name}>{left}</{name}></message>"


def test_what_is_cut_off_within_a_text_goes() -> None:
    left = texts(people=True).xmpp("<message><body><![CDATA[see you")
    assert left == "<message><body>[redacted: message text 1]"


def test_a_tree_loses_what_a_text_would() -> None:
    tree = {"fields": [{"name": "password", "value": "hunter22"}], "token": {"value": "abcdef"}}
    assert texts().tree(tree) == {
        "fields": [{"name": "password", "value": "[redacted: password 1]"}],
        "token": {"value": "[redacted: token 1]"},
    }
