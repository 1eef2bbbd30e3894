"""A secret found once is found everywhere, in whatever encoding it comes."""

import base64
import html
import json
import time
import tracemalloc
from urllib.parse import quote, quote_plus

import pytest

from analyzer.report.redaction.patterns import SecretKind
from analyzer.report.redaction.vault import Vault

SECRET = "Tr0ub4dor&3/ü\"'"
MARK = "[redacted: password 1]"


def vault(*secrets: str, identities: tuple[str, ...] = ()) -> Vault:
    made = Vault(identities)
    for secret in secrets:
        made.remember(SecretKind.PASSWORD, secret)
    return made


def test_taking_counts_keeps_and_marks() -> None:
    made = Vault()
    assert made.take(SecretKind.COOKIE, " abcdef1 ") == "[redacted: cookie 1]"
    assert made.take(SecretKind.TOKEN, "") == ""
    assert made.take(SecretKind.TOKEN, "[redacted: cookie 1]") == "[redacted: cookie 1]"
    assert made.sweep("and abcdef1") == "and [redacted: cookie 1]"
    assert made.counts == {SecretKind.COOKIE: 2}


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        quote(SECRET, safe="").replace("%2F", "%2f").replace("%C3%BC", "%c3%bc"),
        html.escape(SECRET),
        html.escape(SECRET, quote=False),
        html.escape(SECRET, quote=False).replace("'", "&apos;").replace('"', "&quot;"),
        html.escape(html.escape(SECRET, quote=False), quote=False),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().replace("/", "\\/"),
    ],
)
def test_every_encoding_is_found(written: str) -> None:
    assert vault(SECRET).sweep(f"before {written} after") == f"before {MARK} after"


def test_base64_without_its_padding_leaves_four_bits_at_most() -> None:
    written = base64.b64encode(SECRET.encode()).decode().rstrip("=")
    assert vault(SECRET).sweep(written) == f"{MARK}{written[-1]}"


@pytest.mark.parametrize("before", ["", "a", "ab", "\0agent1001\0", "agent1001:"])
@pytest.mark.parametrize("after", ["", "z", "zz"])
def test_base64_of_something_longer_is_found(before: str, after: str) -> None:
    octets = f"{before}correct horse{after}".encode()
    written = base64.b64encode(octets).decode()
    found = vault("correct horse").sweep(f">{written}<")
    assert MARK in found
    # What is left gives no octet of it away.
    head, _, tail = found.strip("><").partition(MARK)
    for part in (head, tail.rstrip("=")):
        octets_left = base64.b64decode(f"{part}{'A' * (-len(part) % 4)}=")
        assert b"corr" not in octets_left
        assert b"orse" not in octets_left


@pytest.mark.parametrize(
    ("kept", "searched"),
    [
        ("a&amp;b-secret", "a&b-secret"),
        ("a\\u0041-secret", "aA-secret"),
        ("a%20b-secret", "a b-secret"),
        ("ends in \\", "ends in \\"),
    ],
)
def test_what_the_escapes_stand_for_is_found_too(kept: str, searched: str) -> None:
    assert searched not in vault(kept).sweep(f"x {searched} y")


def test_short_secrets_are_found_as_words_only() -> None:
    found = vault("1234", "ab").sweep("pin 1234, packet 12345, ab")
    assert found == f"pin {MARK}, packet 12345, ab"


def test_identities_are_not_searched_for() -> None:
    made = vault("Agent1001", "s3cret-x", identities=("agent1001",))
    assert made.sweep("agent1001 s3cret-x Agent1001") == f"agent1001 {MARK} Agent1001"


def test_the_same_value_has_the_same_number_however_it_is_written() -> None:
    made = Vault()
    written = ("a b&c-1", "other", "a%20b%26c-1", "a b&amp;c-1", "a\\u0020b&c-1")
    marks = [made.take(SecretKind.TOKEN, text) for text in written]
    assert [mark[-2] for mark in marks] == list("12111")
    assert made.take(SecretKind.COOKIE, "a b&c-1") == marks[0]
    assert made.take(SecretKind.COOKIE, "third") == "[redacted: cookie 1]"


def test_numbers_are_given_as_secrets_are_shown() -> None:
    made = vault("first-seen", "second-seen")
    assert made.sweep("second-seen") == "[redacted: password 1]"
    assert made.sweep("first-seen second-seen") == "[redacted: password 2] [redacted: password 1]"


def test_base64_of_a_secret_is_the_same_secret() -> None:
    made = Vault()
    secret = "correct horse battery"
    octets = secret.encode()
    forms = (base64.b64encode(octets), base64.urlsafe_b64encode(octets).rstrip(b"="))
    marks = {made.take(SecretKind.TOKEN, form.decode()) for form in forms}
    assert marks | {made.take(SecretKind.TOKEN, octets.hex())} == {"[redacted: token 1]"}
    assert made.take(SecretKind.PASSWORD, secret) == "[redacted: token 1]"
    # What it stands for is no text, or hardly one.
    assert made.take(SecretKind.TOKEN, "0123456789abcdef") == "[redacted: token 2]"
    assert made.sweep("#Eg") == "#Eg"


def test_escapes_within_escapes_are_undone() -> None:
    made = Vault()
    secret = 'a"&<b>-x'
    for _ in range(3):
        written = json.dumps(html.escape(secret))[1:-1]
    made.take(SecretKind.TOKEN, quote(quote(json.dumps(html.escape(written))[1:-1])))
    assert made.sweep(f"[{secret}]") == "[[redacted: token 1]]"
    # Deeper than anybody nests, it is kept as far as that goes.
    deep = secret
    for _ in range(9):
        deep = quote(deep)
    assert made.take(SecretKind.TOKEN, deep) == "[redacted: token 2]"


def test_numbers_begin_anew_for_what_is_written_at_last() -> None:
    made = vault("first-seen", "second-seen")
    made.take_person(SecretKind.PERSON, "jane")
    made.sweep("first-seen second-seen jane")
    made.restart()
    assert made.counts == {}
    assert made.sweep("second-seen jane") == "[redacted: password 1] person-1"


def test_marks_are_left_alone() -> None:
    made = vault("cookie", "redacted")
    assert made.take(SecretKind.COOKIE, "a1b2c3") == "[redacted: cookie 1]"
    text = "cookie a1b2c3 [redacted: cookie 1]"
    assert made.sweep(text) == f"{MARK} [redacted: cookie 1] [redacted: cookie 1]"


@pytest.mark.parametrize("nobody", ["", "true", "NULL", "anonymous", "person-3", "sip:number-1@h"])
def test_nobody_is_nobody(nobody: str) -> None:
    assert Vault().take_person(SecretKind.PERSON, nobody) == nobody


@pytest.mark.parametrize(
    ("person", "text", "left"),
    [
        ("jane", "jane Jane JANE janes _jane_", "person-1 person-1 person-1 janes _person-1_"),
        ("agent1001", "agent10012 agent1001.har", "agent10012 person-1.har"),
        ("1001", "agent 1001, id='1001' id=\"1001\"", "agent person-1, id='1001' id=\"1001\""),
        ("1001", "host:1001 [::1]:1001 10.1001", "host:1001 [::1]:1001 10.1001"),
        ("10010010", "id='10010010'", "id='person-1'"),
        ("d'Arc <x>", "d&apos;Arc &lt;x&gt;, d%27Arc%20%3Cx%3E", "person-1, person-1"),
        ("Jane Doe", base64.b64encode(b"{Jane Doe}").decode(), "e0person-1fQ=="),
        ("desktop", "desktop Desktop", "desktop Desktop"),
        ("finesse1", "finesse1", "finesse1"),
        ("Jo", "Jo", "Jo"),
        ("王芳", "客户王芳来电, \\u738b\\u82b3", "客户person-1来电, person-1"),
        ("王小芳", "王小芳您好", "person-1您好"),
    ],
)
def test_people_are_found_as_words(person: str, text: str, left: str) -> None:
    made = Vault(hosts=("finesse1",))
    assert made.take_person(SecretKind.PERSON, f" {person} ") == " person-1 "
    assert made.sweep(text) == left


@pytest.mark.parametrize(
    "told",
    ["+1 555 731 3713", "5557313713", "(555) 731-3713", "555.731.3713", "0015557313713", "7313713"],
)
def test_a_number_is_told_by_its_digits(told: str) -> None:
    made = Vault()
    made.take_person(SecretKind.NUMBER, "+1 (555) 731-3713")
    assert made.sweep(f"call {told} now") == "call number-1 now"
    assert made.take_person(SecretKind.NUMBER, told) == "number-1"


@pytest.mark.parametrize(
    "other", ["5557313714", "313713", "1795207479.5557313713", "x5557313713", "+44 731 3714"]
)
def test_other_digits_are_another_number(other: str) -> None:
    made = Vault()
    made.take_person(SecretKind.NUMBER, "+1 (555) 731-3713")
    made.take_person(SecretKind.NUMBER, "1001")
    assert made.sweep(f"call {other} now") == f"call {other} now"


def test_a_secret_that_is_a_name_stays_a_secret() -> None:
    made = vault("jane-1")
    assert made.take_person(SecretKind.PERSON, "jane-1") == "person-1"
    assert made.sweep("jane-1") == MARK


def test_words_of_calls_are_looked_for_if_they_are_long() -> None:
    made = Vault()
    made.take(SecretKind.CALL_DATA, "Sales")
    made.take(SecretKind.TEXT, "where is my parcel")
    assert made.sweep("Sales: where is my parcel") == "Sales: [redacted: message text 1]"


def test_words_of_the_protocol_are_taken_where_they_stand_only() -> None:
    made = Vault()
    assert made.take(SecretKind.TOKEN, "true") == "[redacted: token 1]"
    assert made.sweep("delayed true") == "delayed true"


def test_the_longest_wins() -> None:
    assert vault("secret", "secret-longer").sweep("secret-longer") == MARK


@pytest.mark.parametrize("weak", ["1.0", "version", "True", "GET", "159", "8445", "consent"])
def test_a_cookie_that_is_a_word_or_a_number_is_taken_where_it_stands_only(weak: str) -> None:
    made = Vault()
    assert made.take(SecretKind.COOKIE, weak) == "[redacted: cookie 1]"
    assert made.sweep(f"a {weak} b") == f"a {weak} b"
    assert made.take(SecretKind.COOKIE, f"{weak}x7") == "[redacted: cookie 2]"
    assert made.sweep(f"a {weak}x7 b") == "a [redacted: cookie 2] b"


def test_nothing_kept_changes_nothing() -> None:
    assert vault().sweep("text") == "text"


def test_many_secrets_are_swept_in_time() -> None:
    secrets = [f"s{i:06d}-{i * 7919:x}" for i in range(1_000)]
    made = vault(*secrets)
    text = "<message><body>nothing here</body></message>" * 5_000 + secrets[77]
    made.sweep("")
    start = time.process_time()
    assert secrets[77] not in made.sweep(text)
    assert time.process_time() - start < 3


def test_many_long_secrets_take_little_more_than_themselves() -> None:
    made = vault(*(f"{i:06d}" * 600 for i in range(300)))
    tracemalloc.start()
    try:
        assert made.sweep("000123" * 600) == MARK
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


def test_secrets_that_begin_alike_are_told_apart_in_time() -> None:
    made = vault(*(f"aaaaaa{i:06d}" for i in range(1_000)))
    made.sweep("")
    start = time.process_time()
    assert made.sweep("a" * 50_000 + "aaaaaa000777") == "a" * 50_000 + MARK
    assert time.process_time() - start < 3


def test_a_shorter_secret_is_found_where_a_longer_one_breaks_off() -> None:
    made = vault("abc", "abcdefgh-1", "abcdefgh-3", "abcdef")
    assert made.sweep("abcdefgh-2, abc, abcd") == (f"{MARK}gh-2, [redacted: password 2], abcd")
    assert made.sweep("abcdefgh-3") == "[redacted: password 3]"


def test_a_long_secret_leaves_no_tail() -> None:
    secret = "".join(f"{number:x}." for number in range(3_000))
    found = vault(secret).sweep(f"token {secret} end")
    assert found.startswith(f"token {MARK}")
    assert found.endswith(f"{MARK} end")
    assert secret[-12:] not in found
    assert vault("x" * 4_096 + "ab").sweep("a word ab") == "a word ab"


def test_counting_begins_anew_and_what_is_known_stays_known() -> None:
    vault = Vault()
    vault.take(SecretKind.TOKEN, "abcdefgh1")
    vault.take(SecretKind.TOKEN, "abcdefgh2")
    vault.take_person(SecretKind.PERSON, "agent1001")
    vault.restart()
    assert vault.counts == {}
    assert vault.sweep("abcdefgh2 abcdefgh1 agent1001") == (
        "[redacted: token 1] [redacted: token 2] person-1"
    )
    assert vault.counts == {SecretKind.TOKEN: 2, SecretKind.PERSON: 1}
