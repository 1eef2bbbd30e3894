"""What a secret may stand for, and what may stand for it."""

import html
import json
import time
from urllib.parse import quote

from analyzer.report.redaction.spelling import common_forms, encoded, spellings, written


def test_a_value_stands_for_itself_first() -> None:
    assert list(spellings("a&amp;b")) == ["a&amp;b", "a&b"]
    assert set(spellings("%26%23")) == {"%26%23", "&#"}


def test_escapes_of_a_long_value_take_no_time() -> None:
    value = "&amp;amp;amp;quot;a%25252527\\\\\\\\u0027'" * 3_000
    start = time.process_time()
    assert len(list(spellings(value))) <= 4
    assert time.process_time() - start < 2


def test_common_forms_are_some_of_all() -> None:
    for secret in ("kan\"ari'<&>/+ü%", "plain-1", "a\\b"):
        common = set(common_forms(secret))
        assert common <= set(written(secret))
        assert {
            secret,
            html.escape(secret),
            html.escape(secret, quote=False),
            json.dumps(secret)[1:-1],
            quote(secret, safe=""),
        } <= common


def test_a_short_secret_is_not_looked_for_in_other_letters() -> None:
    assert list(encoded("12345")) == []
    assert "MTIzNDU2" in set(encoded("123456"))
