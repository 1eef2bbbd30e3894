"""A HAR without secrets: the same findings, no secret, a HAR that others open."""

import json
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model.errors import CaptureError, UsageError
from analyzer.model.report import Report
from analyzer.pipeline import analyze
from analyzer.report.har.stanzas import stanzas_of
from analyzer.report.redaction.redact import Redaction, redact
from analyzer.sanitizing import Sanitizer
from tests.importing import invalid, refused
from tests.planted import (
    NUMBERS,
    PEOPLE,
    SECRETS,
    Har,
    event,
    har_of,
    http,
    leaks,
    planted,
    xml,
)

ROOT = Path(__file__).resolve().parent.parent
RECORDED = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "fixtures").rglob("*")
    if path.name.endswith((".har", ".har.zip"))
)
LEVELS = (Redaction.SECRETS, Redaction.ALL)


def sanitized(path: Path, level: Redaction = Redaction.SECRETS) -> tuple[str, Sanitizer]:
    sanitizer = Sanitizer(path, analyze([path]), level)
    return "".join(sanitizer.pieces()), sanitizer


def written(folder: Path, har: Any) -> Path:
    path = folder / "session.har"
    path.write_text(har if isinstance(har, str) else json.dumps(har), encoding="utf-8")
    return path


def story(report: Report) -> object:
    return (
        [(f.rule_id, f.session, f.evidence) for f in report.findings],
        (report.verdict.outcome, report.verdict.step, report.verdict.cause),
        (report.verdict.confidence, report.verdict.party, report.verdict.causes),
        [[(s.name, s.status, s.asked, s.answered) for s in x.steps] for x in report.sessions],
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", RECORDED)
def test_a_har_without_secrets_tells_the_same(name: str, level: Redaction, tmp_path: Path) -> None:
    path = ROOT / name
    text, _ = sanitized(path, level)
    again = written(tmp_path, text)
    assert story(analyze([again])) == story(analyze([path]))
    har = json.loads(text)
    assert invalid(har) == []
    assert refused(har) == []
    for password in ("pw1001", "wrong-secret", "fin123"):
        assert list(leaks(text, {password: name})) == []


PROTOCOL_WORDS = (
    *(
        "1.0",
        "version",
        "jabber",
        "protocol",
        "org",
        "urn",
        "params",
        "features",
        "mechanism",
        "xmpp-sasl",
    ),
    *("xml:lang", "pubsub", "ietf", "xmlns", "iq", "101", "200", "8445", "1012", "wss"),
    *("https://", "id", "xmpp", "client'", "type=", "ver", "sasl", "stream", "set", "http", "5222"),
)
"""What sites keep in cookies, or what somebody may be called, and every stanza holds."""


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("place", ["Cookie", "firstName", "extension"])
def test_a_word_of_the_protocol_takes_no_finding_away(
    place: str, level: Redaction, tmp_path: Path
) -> None:
    har = json.loads((ROOT / "fixtures/good-ws/session.har").read_text(encoding="utf-8"))
    entries = har["log"]["entries"]
    if place == "Cookie":
        entries[0]["request"]["headers"] += [
            {"name": "Cookie", "value": f"k={word}"} for word in PROTOCOL_WORDS
        ]
    else:
        for rows in (e["_webSocketMessages"] for e in entries if "_webSocketMessages" in e):
            rows += [
                {**rows[-1], "data": event(f"<{place}>{xml(word)}</{place}>")}
                for word in PROTOCOL_WORDS
            ]
    path = written(tmp_path, har)
    report = analyze([path])
    shown = redact(report, level).report
    assert story(shown) == story(report)
    names = [[s.name for s in stanzas_of(x)] for x in (*report.sessions, *shown.sessions)]
    assert names[: len(names) // 2] == names[len(names) // 2 :]
    text, _ = sanitized(path, level)
    assert story(analyze([written(tmp_path, text)])) == story(report)


@pytest.mark.parametrize("level", LEVELS)
def test_hars_of_all_producers_stay_hars(level: Redaction, shared: Path, tmp_path: Path) -> None:
    read = 0
    for path in sorted((shared / "public-har").rglob("*.har")):
        try:
            report = analyze([path])
        except CaptureError:
            continue
        text, sanitizer = sanitized(path, level)
        har = json.loads(text)
        assert refused(har) == [], path
        if level is Redaction.ALL:  # which takes out the most
            assert [fault for fault in invalid(har) if "is not a 'uri'" not in fault] == [], path
        assert story(analyze([written(tmp_path, text)])) == story(report), path
        assert sanitizer.entries == len(har["log"]["entries"])
        read += 1
    assert read > 150


@pytest.mark.parametrize("level", LEVELS)
def test_no_canary_sings(level: Redaction, tmp_path: Path) -> None:
    har, secrets = planted(SECRETS, rounds=18)
    assert len(secrets) > 1_000
    coded_twice = {"WS JWT", "WS binary"}
    found = {place for place, _ in leaks(json.dumps(har, ensure_ascii=False), secrets)}
    assert found == set(secrets.values()) - coded_twice  # the search finds what is there
    text, sanitizer = sanitized(written(tmp_path, har), level)
    assert sorted(set(leaks(text, secrets))) == []
    assert refused(json.loads(text)) == []
    assert sanitizer.taken.keys() >= {"password", "authorization", "cookie", "token", "jwt", "key"}


def test_people_go_where_all_is_to_go(tmp_path: Path) -> None:
    har, people = planted(PEOPLE, rounds=18)
    numbers, dialed = planted(NUMBERS, rounds=1)
    digits = {str(4915112340000 + i): place for i, place in enumerate(dialed.values())}
    for (old, _), new in zip(dialed.items(), digits, strict=True):
        numbers = json.loads(json.dumps(numbers).replace(old, new))
    path = written(tmp_path, har_of(har["log"]["entries"] + numbers["log"]["entries"]))
    text, sanitizer = sanitized(path, Redaction.ALL)
    assert sorted(set(leaks(text, people | digits))) == []
    assert sanitizer.taken.keys() >= {"person", "number", "call data", "message text"}
    kept, _ = sanitized(path)
    assert len(set(dict(leaks(kept, people | digits)))) > 10


def test_equal_values_get_equal_marks(tmp_path: Path) -> None:
    har, _ = planted(SECRETS, rounds=1)
    token = "Zt0k3nZt0k3nZt0k3n"
    entries = [
        http(f"https://a.test/?token={token}"),
        http(comment=f"it was {token}"),
    ]
    text, _ = sanitized(written(tmp_path, har_of([*entries, *har["log"]["entries"]])))
    first, second = json.loads(text)["log"]["entries"][:2]
    assert first["request"]["url"] == "https://a.test/?token=%5Bredacted%3A%20token%201%5D"
    assert second["comment"] == "it was [redacted: token 1]"


def test_the_same_comes_out_twice(tmp_path: Path) -> None:
    har, _ = planted(SECRETS + PEOPLE, rounds=2)
    path = written(tmp_path, har)
    for level in LEVELS:
        assert sanitized(path, level)[0] == sanitized(path, level)[0]


def test_what_is_clean_stays_clean(tmp_path: Path) -> None:
    """A second redaction finds nothing that the first one left."""
    har, _ = planted(SECRETS, rounds=1)
    once, _ = sanitized(written(tmp_path, har))
    (tmp_path / "twice").mkdir()
    twice, _ = sanitized(written(tmp_path / "twice", once))
    assert [e["request"] for e in json.loads(twice)["log"]["entries"]] == [
        e["request"] for e in json.loads(once)["log"]["entries"]
    ]


def test_all_else_stays_as_it_was(tmp_path: Path) -> None:
    entry: Har = {**http(), "_number": 1.50, "_exact": 12345678901234567890, "_x": [None, True, {}]}
    before = (
        json.dumps(har_of([entry])).replace("1.5,", "1.50,").replace('"time": 12.5', '"time": 1e1')
    )
    text, sanitizer = sanitized(written(tmp_path, before))
    assert '"_number": 1.50,' in text
    assert '"_exact": 12345678901234567890,' in text
    assert '"time": 1e1,' in text
    log = json.loads(text)["log"]
    assert list(log["entries"][0]) == list(entry)
    assert log.pop("comment").endswith(
        "nothing had to be taken out. Equal values have equal marks. "
        "Addresses of machines are left as they were."
    )
    assert log == json.loads(before)["log"]
    assert sanitizer.taken == {}
    assert text.startswith('{\n  "log": {\n    "version": "1.2",\n    "creator": {\n      "name"')


def test_a_comment_of_the_log_is_kept_before_ours(tmp_path: Path) -> None:
    har = har_of([http(comment="password=hunter22")])
    har["log"]["comment"] = "for case 1, hunter22"
    log = json.loads(sanitized(written(tmp_path, har), Redaction.ALL)[0])["log"]
    assert log["comment"].startswith("for case 1, [redacted: password 1] Redacted by stanzascope ")
    assert "people and numbers too: password (2)" in log["comment"]
    assert list(log)[-1] == "comment"


def test_what_cannot_be_read_keeps_its_place(tmp_path: Path) -> None:
    entries = [http(f"https://a.test/{n}") for n in range(5)]
    text = json.dumps(har_of(entries), indent=2)
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if "https://a.test/2" in line)
    lines[at - 3] = '        "startedDateTime": oops{{,'
    path = written(tmp_path, "\n".join(lines))
    out, sanitizer = sanitized(path)
    log = json.loads(out)["log"]
    urls = [entry["request"]["url"] for entry in log["entries"]]
    assert len(urls) == 5
    assert urls[3:] == ["https://a.test/3", "https://a.test/4"]
    assert sanitizer.skipped + sanitizer.damaged == 1


def test_nothing_is_no_way_to_redact(tmp_path: Path) -> None:
    path = written(tmp_path, har_of([http()]))
    with pytest.raises(UsageError):
        Sanitizer(path, analyze([path]), Redaction.NONE)


def test_packets_are_no_har(tmp_path: Path) -> None:
    path = ROOT / "fixtures" / "good-ws" / "capture.pcapng"
    assert sanitized(path)[0] == ""


@pytest.mark.parametrize("odd", [True, 5, "token=abcdefgh1", {"a": "token=abcdefgh1"}, None])
def test_messages_that_are_no_list(odd: Any, tmp_path: Path) -> None:
    text, _ = sanitized(written(tmp_path, har_of([http(_webSocketMessages=odd)])))
    left = json.loads(text)["log"]["entries"][0]["_webSocketMessages"]
    assert "abcdefgh1" not in text
    assert type(left) is type(odd)


VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    [None],
    {"a": 1},
    "\ud800",
    "http://[a",
    1e308,
)


@given(st.data())
@settings(max_examples=40)
def test_whatever_stands_anywhere(data: st.DataObject) -> None:
    """Odd values anywhere: a HAR comes out that is one, and an analysis sees the same in it."""
    har = json.loads((ROOT / "fixtures" / "wrong-password" / "session.har").read_text())
    for _ in range(data.draw(st.integers(1, 4))):
        place, key = har, "log"
        for _ in range(data.draw(st.integers(1, 8))):
            inner = place[key]
            keys = [*inner] if isinstance(inner, dict) else [*range(len(inner))]
            if not isinstance(inner, dict | list) or not keys:
                break
            place, key = inner, data.draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list):
                break
        if place is not har and key != "entries":
            place[key] = deepcopy(data.draw(st.sampled_from(VALUES)))
    with TemporaryDirectory() as folder:
        path = written(Path(folder), har)
        try:
            report = analyze([path])
        except CaptureError:
            return
        text, _ = sanitized(path, data.draw(st.sampled_from(LEVELS)))
        assert refused(json.loads(text)) == []
        again = analyze([written(Path(folder), text)])
    damage = {"CQ-006"}  # what could not be read is not there any more
    found = [[f for f in r.findings if f.rule_id not in damage] for r in (report, again)]
    assert [f.evidence for f in found[1]] == [f.evidence for f in found[0]]
    assert [f.rule_id for f in found[1]] == [f.rule_id for f in found[0]]
