from collections import Counter
from typing import Any

import msgspec
import pytest

from analyzer.capture import har_http, har_json
from analyzer.capture.har_secrets import count_secrets
from analyzer.model.recording import Secret
from tests.capture.har_written import http, lines


def found(entry: dict[str, Any]) -> Counter[Secret]:
    decoded = har_json.entry(msgspec.json.encode(entry))
    assert decoded is not None
    counted: Counter[Secret] = Counter()
    count_secrets(har_http.head(decoded, 0, 0), counted)
    return +counted


def with_request(**more: Any) -> dict[str, Any]:
    entry = http()
    entry["request"] |= more
    return entry


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Authorization": "Basic eA=="}, {Secret.AUTHORIZATION: 1}),
        ({"proxy_authorization": "Basic eA=="}, {Secret.AUTHORIZATION: 1}),
        ({"Cookie": "a=b", "AUTHORIZATION": "x"}, {Secret.COOKIE: 1, Secret.AUTHORIZATION: 1}),
        ({"Sec_WebSocket_Protocol": "xmpp, " + "k" * 40}, {Secret.TOKEN: 1}),
        ({"Sec_WebSocket_Protocol": "xmpp"}, {}),
        ({"Host": "desk"}, {}),
    ],
)
def test_header_secrets(fields: dict[str, str], expected: dict[Secret, int]) -> None:
    assert found(with_request(headers=lines(**fields))) == expected


def test_cookies_are_counted_once() -> None:
    entry = with_request(headers=lines(Cookie="a=b; c=d"), cookies=[{"name": "a"}, {"name": "c"}])
    entry["response"] |= {"headers": lines(Set_Cookie="e=f"), "cookies": [{"name": "e"}]}
    assert found(entry) == {Secret.COOKIE: 2}
    # Some producers write the array alone.
    assert found(with_request(cookies=[{"name": "a"}, {"name": "c"}])) == {Secret.COOKIE: 2}


@pytest.mark.parametrize(
    ("url", "tokens"),
    [
        ("https://desk/?access_token=x", 1),
        ("https://desk/?a=b&authToken=x&jwt=y", 1),
        ("https://desk/#id_token=x", 1),
        ("https://desk/?access_token=&a=b", 0),
        ("https://desk/token=x", 0),
    ],
)
def test_tokens_in_addresses(url: str, tokens: int) -> None:
    assert found(with_request(url=url))[Secret.TOKEN] == tokens
