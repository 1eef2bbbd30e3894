"""An entry goes in, the same entry without secrets comes out."""

import base64
import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from analyzer.model.har import Numeral, Tree
from analyzer.report.har.redaction import ROWS, HarRedaction, _holds_secret
from analyzer.report.redaction.eraser import Eraser
from analyzer.report.redaction.patterns import is_secret_name


def redaction() -> HarRedaction:
    return HarRedaction(Eraser([]), "body removed")


def entry(**fields: Any) -> Tree:
    return redaction().entry(fields, told=False)


def row(data: object, opcode: object = Numeral("1"), kind: str = "send", **more: Any) -> Tree:
    return {"type": kind, "time": Numeral("1.50"), "opcode": opcode, "data": data, **more}


def rows(*given: Tree | None) -> list[Tree]:
    batches: Iterator[list[Tree | None]] = iter([[one] for one in given])
    return list(redaction().rows(batches))


def test_numbers_stay_as_they_were_written() -> None:
    fields: Tree = {"time": Numeral("1e1"), "_x": [Numeral("1.50"), None, True], "_y": {"z": False}}
    assert entry(**fields) == fields
    assert isinstance(entry(**fields)["time"], Numeral)


def test_a_number_that_is_a_secret_becomes_a_mark() -> None:
    assert entry(_pin=Numeral("123456")) == {"_pin": "[redacted: password 1]"}
    maker = redaction()
    fields: Tree = {
        "_x": {"pin": Numeral("123456"), "phone": Numeral("123456")},
        "bodySize": Numeral("123456"),
    }
    for _ in range(2):
        left = maker.entry(fields, told=False)
        maker.begin()
    left = maker.entry(fields, told=False)
    assert left["_x"]["phone"] == "[redacted: password 1]"
    assert left["bodySize"] == Numeral("123456")


def test_names_and_values_in_every_form() -> None:
    left = entry(
        request={
            "headers": [
                {
                    "value": "Bearer abcdefgh1",
                    "name": "Authorization",
                    "comment": "token=abcdefgh2",
                },
                ["Cookie", "a=abcdefgh3"],
                ["one"],
                "Authorization: Bearer abcdefgh4",
                {"name": None, "value": Numeral("5")},
            ],
            "cookies": [{"name": "a", "value": "abcdefgh5", "path": "/"}],
            "queryString": [{"name": "token", "value": "abcdefgh6"}],
        }
    )["request"]
    assert left["headers"][0] == {
        "value": "Bearer [redacted: authorization 1]",
        "name": "Authorization",
        "comment": "token=[redacted: token 1]",
    }
    assert left["headers"][1] == ["Cookie", "a=[redacted: cookie 1]"]
    assert left["headers"][2] == ["one"]
    assert left["headers"][3] == "Authorization: [redacted: authorization 2]"
    assert left["headers"][4] == {"name": None, "value": "5"}
    assert left["cookies"][0]["value"] == "[redacted: cookie 2]"
    assert left["cookies"][0]["path"] == "/"
    assert left["queryString"][0]["value"] == "[redacted: token 2]"


def test_fields_of_producers() -> None:
    left = entry(_session_token="abcdefgh1", _at="https://a.test/?token=abcdefgh2", _n="word")
    assert left == {
        "_session_token": "[redacted: token 1]",
        "_at": "https://a.test/?token=%5Bredacted%3A%20token%202%5D",
        "_n": "word",
    }


def test_a_short_secret_eats_no_address() -> None:
    maker = redaction()
    fields: Tree = {
        "serverIPAddress": "10.0.0.159",
        "startedDateTime": "2026-11-20T20:44:38.159Z",
        "request": {"method": "GET", "httpVersion": "HTTP/1.1", "queryString": [
            {"name": "password", "value": "159"}, {"name": "pwd", "value": "GET"}]},
        "response": {"statusText": "159"},
    }  # fmt: skip
    maker.entry(fields, told=False)
    maker.begin()
    left = maker.entry(fields, told=False)
    assert left["serverIPAddress"] == "10.0.0.159"
    assert left["startedDateTime"].endswith(".159Z")
    assert left["request"]["method"] == "GET"
    assert left["response"]["statusText"] == "[redacted: password 1]"


def test_what_is_too_deep_goes() -> None:
    deep: Any = "token=abcdefgh1"
    for _ in range(1_000):
        deep = [deep]
    left = str(entry(_x=deep))
    assert "abcdefgh1" not in left
    assert "None" in left


def test_bodies_are_emptied_and_counted() -> None:
    maker = redaction()
    fields: Tree = {"response": {"content": {"mimeType": "text/html", "text": "<p>"}, "x": "y"}}
    maker.entry(fields, told=False)
    maker.begin()
    left = maker.entry(fields, told=False)
    assert left["response"] == {
        "content": {"mimeType": "text/html", "comment": "body removed"},
        "x": "y",
    }
    assert maker.emptied == 1


def test_odd_requests() -> None:
    assert entry(request=None, response=["x"]) == {"request": None, "response": ["x"]}
    assert entry(request={"postData": "token=abcdefgh1"}) == {
        "request": {"postData": "token=[redacted: token 1]"}
    }
    assert entry(**{ROWS: None}) == {ROWS: None}


def test_messages_keep_their_order_and_their_other_fields() -> None:
    auth = (
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAaHVudGVyMjI=</auth>"
    )
    given = [
        row(auth[:80], _n="1"),
        row("<iq/>", kind="receive"),
        row(auth[80:], _n="token=abcdefgh1"),
    ]
    left = rows(*given)
    assert [one["type"] for one in left] == ["send", "receive", "send"]
    assert left[2]["_n"] == "token=[redacted: token 1]"
    coded = (left[0]["data"] + left[2]["data"]).partition("'PLAIN'>")[2].partition("<")[0]
    assert base64.b64decode(coded) == b"\0a\0[redacted: password 1]"


def test_a_message_that_cannot_be_read_keeps_its_place() -> None:
    left = rows(row("<a/>"), None, row("<b/>"))
    assert [one["data"] for one in left] == ["<a/>", "", "<b/>"]
    assert left[1]["type"] == "unreadable"


def test_binary_messages_are_looked_into() -> None:
    coded = base64.b64encode(b"<password>hunter22</password>").decode()
    (left,) = rows(row(coded, Numeral("2")))
    assert base64.b64decode(left["data"]) == b"<password>[redacted: password 1]</password>"
    (same,) = rows(row("AAEC", Numeral("9")))
    assert same["data"] == "AAEC"
    close = base64.b64encode(b"\x03\xe8token=abcdefgh1").decode()
    (left,) = rows(row(close, Numeral("8")))
    assert base64.b64decode(left["data"]) == b"\x03\xe8token=[redacted: token 1]"
    (odd,) = rows(row("token=abcdefgh1", Numeral("2")))
    assert odd["data"] == "token=[redacted: token 1]"


def test_what_a_message_is_compressed_to_is_looked_into() -> None:
    coded = base64.b64encode(gzip.compress(b'{"password": "hunter22"}')).decode()
    (left,) = rows(row(coded, Numeral("2")))
    told = gzip.decompress(base64.b64decode(left["data"]))
    assert told == b'{"password": "[redacted: password 1]"}'


def test_a_binary_message_that_nobody_can_read_is_emptied() -> None:
    maker = redaction()
    (left,) = maker.rows(iter([[row("AAEC", Numeral("2"), _n="token=abcdefgh1")]]))
    assert (left["data"], left["comment"]) == ("", "body removed")
    assert left["_n"] == "token=[redacted: token 1]"
    assert maker.emptied == 1


NO_TEXT: tuple[Any, ...] = (
    {"password": "hunter22"},
    ["<a><password>hunter22</password></a>"],
    {"name": "password", "value": "hunter22"},
    [[{"name": "token", "value": "hunter22"}]],
    {"token": {"value": ["hunter22"]}},
)


@pytest.mark.parametrize("text", NO_TEXT)
@pytest.mark.parametrize("told", [False, True])
def test_a_body_that_is_no_text_is_walked(text: Any, told: bool) -> None:
    fields: Tree = {
        "request": {"postData": {"mimeType": "x/y", "text": text}},
        "response": {"content": {"mimeType": "text/html", "text": text}},
    }
    left = str(redaction().entry(fields, told=told))
    assert "hunter22" not in left
    assert left.count("[redacted: ") == 2
    (left_row,) = rows(row(text))
    assert "hunter22" not in str(left_row)


def test_a_number_that_stands_for_a_body_stays_one() -> None:
    left = entry(response={"content": {"text": Numeral("12")}})
    assert left["response"]["content"]["text"] == Numeral("12")
    assert isinstance(left["response"]["content"]["text"], Numeral)


@pytest.mark.parametrize("odd", [None, Numeral("1"), ["token=abcdefgh1"], {"token": "abcdefgh1"}])
def test_odd_rows(odd: Any) -> None:
    for given in (row(odd), row("x", opcode=odd), {"type": odd, "data": "token=abcdefgh1"}):
        assert "abcdefgh1" not in str(rows(given))


def test_a_border_that_is_lost_loses_no_message() -> None:
    given = [row("<a>mailto:ab"), row("c@x.test"), row("</a>")]
    maker = HarRedaction(Eraser([], people=True), "body removed")
    left = list(maker.rows(iter([list(given)])))
    assert len(left) == 3
    assert "abc@" not in "".join(one["data"] for one in left)


def test_the_frame() -> None:
    left = redaction().frame({"log": {"creator": {"name": "x"}, "comment": "token=abcdefgh1"}})
    assert left == {"log": {"creator": {"name": "x"}, "comment": "token=[redacted: token 1]"}}


def test_a_number_in_the_place_of_a_text_stays_one() -> None:
    (left,) = rows(row(Numeral("1e308")))
    assert isinstance(left["data"], Numeral)
    body = {"mimeType": "text/plain", "text": Numeral("5")}
    assert isinstance(entry(response={"content": body})["response"]["content"]["text"], Numeral)


def test_a_name_of_any_length_may_tell_of_a_secret() -> None:
    assert _holds_secret("_password")
    assert _holds_secret("x" * 100 + "_password") == is_secret_name("x" * 100 + "_password")
    assert not _holds_secret("serverIPAddress")
