"""A saved report comes back as it was, and nothing else does."""

import base64
import gzip
import json
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect, msgpack
from msgspec.structs import replace

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.errors import UsageError
from analyzer.model.limits import SAVED_OCTETS
from analyzer.model.packed import pack, unpack
from analyzer.model.report import Report
from analyzer.model.xmpp import StanzaKind
from analyzer.report.formats import RENDERERS
from analyzer.report.machine import saved
from analyzer.report.machine.json import render
from analyzer.report.machine.saved import save
from analyzer.report.redaction.redact import RedactedReport, Redaction, redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import (
    blind,
    finding,
    har_recording,
    har_session,
    healthy,
    login,
    packet_place,
    packet_session,
    plain,
    refused,
    stanza,
)

OLD = Path(__file__).parents[1] / "golden" / "saved.json"
"""A saved report as written when reports began to be saved."""


def load(octets: bytes, name: str) -> RedactedReport:
    """By a program whose rules say what those of all reports here say."""
    known = {rule: text for report in REPORTS.values() for rule, text in report.texts.items()}
    return saved.load(octets, name, known)


def document(report: Report, redaction: Redaction = Redaction.SECRETS) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(render(redact(report, redaction), "en"))
    return made


def loaded(made: dict[str, Any]) -> Report:
    return load(json.dumps(made).encode(), "x.json").report


def changed(made: dict[str, Any], **members: object) -> bytes:
    return json.dumps(made | {"saved": made["saved"] | members}).encode()


def inside(made: dict[str, Any]) -> dict[str, Any]:
    """What is packed in it, as builtins."""
    octets = gzip.decompress(base64.b64decode(made["saved"]["report"]))
    unpacked: dict[str, Any] = msgpack.decode(octets)
    return unpacked


def packed(made: dict[str, Any], content: object) -> bytes:
    octets = gzip.compress(msgpack.encode(content), mtime=0)
    return changed(made, report=base64.b64encode(octets).decode())


def refusal(octets: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        load(octets, "x.json")
    said = str(caught.value)
    assert said.startswith("x.json: ")
    assert "\n" not in said
    return said


MANY = packet_session(packed=pack(login(packet_place)), number=3)
ODD_VALUES = {"a": float("inf"), "b": float("nan"), "c": float("-inf"), "d": -0.0, "e": 1}
REPORTS = {
    "refused": refused(),
    "healthy": healthy(),
    "blind": blind(),
    "packed": refused(sessions=(har_session(), packet_session(), MANY)),
    "numbers": refused(findings=(finding("SA-007", values=ODD_VALUES),)),
    "no UTF-8": refused(
        sessions=(har_session(agent="\ud800", domain="\U0010ffff\U00100001\udfff"),),
        recordings=(
            har_recording(
                anomalies=(Anomaly(code=AnomalyCode.DAMAGED, values={"\udc80": "\udc80"}),)
            ),
            har_recording(name="Grüße\U0010ffff"),
        ),
    ),
    **{f"hostile {number}": hostile(text) for number, text in enumerate(POLYGLOTS)},
}


@pytest.mark.parametrize("redaction", Redaction)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_comes_back_as_it_was(name: str, redaction: Redaction) -> None:
    redacted = redact(REPORTS[name], redaction)
    back = load(render(redacted, "en").encode(), "x.json")
    # NaN is not equal to itself; pytest takes minutes to show in what two of them differ.
    same = save(back) == save(redacted) and (name == "numbers" or back.report == redacted.report)
    assert same
    assert (back.redaction, back.redactions) == (redacted.redaction, redacted.redactions)
    assert back.secrets_shown is redacted.secrets_shown
    for kind in RENDERERS:
        same = RENDERERS[kind](back, "nl") == RENDERERS[kind](redacted, "nl")
        assert same, kind


def test_order_survives() -> None:
    values = dict.fromkeys("zyxabc", 1)
    made = document(refused(findings=(finding("SA-007", values=values),)))
    assert list(loaded(made).findings[0].values) == list(values)


def test_only_the_sets_that_are_put_in_order_are_in_a_report() -> None:
    """The order of any other set would differ from run to run."""
    found: list[tuple[str, str]] = []
    seen: set[type] = set()

    def visit(kind: inspect.Type, where: tuple[str, str]) -> None:
        match kind:
            case inspect.SetType() | inspect.FrozenSetType():
                found.append(where)
            case inspect.StructType() if kind.cls not in seen:
                seen.add(kind.cls)
                for field in kind.fields:
                    visit(field.type, (kind.cls.__name__, field.name))
            case inspect.UnionType():
                for one in kind.types:
                    visit(one, where)
            case inspect.VarTupleType() | inspect.ListType():
                visit(kind.item_type, where)
            case inspect.TupleType():
                for one in kind.item_types:
                    visit(one, where)
            case inspect.DictType():
                visit(kind.value_type, where)

    visit(inspect.type_info(Report), ("", ""))
    assert len(seen) > 40
    assert found == [("Session", "can_see")]


def test_the_same_report_is_saved_the_same() -> None:
    # The order of a set of words differs between two processes, and so may that of two sets.
    needs = [*har_session().can_see]
    sessions = [har_session(can_see=frozenset(order)) for order in (needs, reversed(needs))]
    first, again = (save(redact(refused(sessions=(one,)))) for one in sessions)
    assert first == again
    octets = base64.b64decode(first["report"])  # type: ignore[index]
    assert octets[4:8] == b"\0\0\0\0"  # RFC 1952 section 2.3.1: no time


def test_what_was_saved_first_can_still_be_read() -> None:
    redacted = load(OLD.read_bytes(), OLD.name)
    assert redacted.report.verdict.cause == "SA-007"
    assert redacted.redactions == {"sasl exchange": 1}
    assert "agent1001" in str(RENDERERS["text"](redacted, "en"))


def test_no_secret_is_saved() -> None:
    made = document(refused())
    octets = gzip.decompress(base64.b64decode(made["saved"]["report"]))
    assert b"agent1001" in octets
    assert b"Tr0ub4dor" not in octets
    assert b"[redacted: sasl exchange 1]" in octets


def test_no_secret_is_in_the_packs_of_what_is_saved() -> None:
    """Nobody sees them in the text of the JSON."""
    told = "<message><body>Tr0ub4dor&amp;3</body></message>"
    stanzas = (*login(packet_place), stanza("S>", StanzaKind.MESSAGE, told, packet_place(9, 9)))
    session = packet_session(number=3, stanzas=(), packed=pack(stanzas), stanza_count=5)
    content = inside(document(refused(sessions=(session,))))
    texts = [one.octets for one in unpack(content["report"]["sessions"][0]["packed"])]
    assert len(texts) == len(stanzas)
    assert texts[-1] == b"<message><body>[redacted: password 1]</body></message>"
    assert not any(b"Tr0ub4dor" in text or plain().encode() in text for text in texts)


def test_what_is_too_large_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "SAVED_OCTETS", 1_000)
    made = document(refused())
    assert made["saved"] is None
    assert "too large, or taken out; read the recording again" in refusal(json.dumps(made).encode())


def test_a_number_of_more_than_64_bits_is_not_saved() -> None:
    late = refused(sessions=(har_session(started_ns=10**21),))
    assert save(redact(late)) is None


def test_no_more_is_unpacked_than_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    made = json.dumps(document(refused())).encode()
    monkeypatch.setattr(saved, "SAVED_OCTETS", 1_000)
    assert "unpacks to more than 1,000 octets" in refusal(made)
    monkeypatch.setattr(saved, "SAVED_DOCUMENT_OCTETS", 1_000)
    assert "larger than any JSON report" in refusal(made)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = base64.b64encode(gzip.compress(b"\0" * (SAVED_OCTETS + 1), 9, mtime=0)).decode()
    assert "unpacks to more" in refusal(changed(document(blind()), report=bomb))


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"", "no JSON report of Stanzascope"),
        (b"\x1f\x8b\x08", "no JSON report of Stanzascope"),
        (b"\xff\xfe{", "no JSON report of Stanzascope"),
        (b"[" * 100_000, "no JSON report of Stanzascope"),
        (b'{"a":' * 100_000, "no JSON report of Stanzascope"),
        (b'{"saved": 3}', "no JSON report of Stanzascope"),
        (b'{"log": {"version": "1.2"}}', "of a recording `stanzascope analyze` makes one"),
        (b'{"schema_version": "1.2"}', "written before reports were saved; read"),
        (b'{"schema_version": "1.0", "result": "parted"}', "holds a comparison, and no"),
        (b'{"schema_version": "1.3", "saved": null}', "too large, or taken out; read"),
        (
            b'{"schema_version": "2.0", "tool": {"version": "9.1"}, "saved": {"version": 2}}',
            "saved by a newer version of Stanzascope by 9.1",
        ),
        (
            b'{"schema_version": "1.3", "saved": {"version": 1, "encoding": "zip"}}',
            "saved by a newer version of Stanzascope; this is",
        ),
    ],
)
def test_what_is_no_saved_report_is_told(octets: bytes, says: str) -> None:
    assert says in refusal(octets)


@pytest.mark.parametrize(
    "text",
    [
        *("", "=", "AAAA", "no base64!", "Zm9v\nZm9v"),
        base64.b64encode(gzip.compress(b"", mtime=0)).decode(),
        base64.b64encode(gzip.compress(b"\xc1", mtime=0)).decode(),
        base64.b64encode(gzip.compress(b"\x91" * 100_000, mtime=0)).decode(),
        base64.b64encode(zlib.compress(b"\x80")).decode(),
        base64.b64encode(gzip.compress(b"\x80", mtime=0)).decode(),
        base64.b64encode(gzip.compress(b"\x80", mtime=0)[:-1]).decode(),
    ],
)
def test_what_is_damaged_is_told(text: str) -> None:
    assert "cannot be read by" in refusal(changed(document(refused()), report=text))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("redaction",), "some"),
        (("redactions",), {"password": "2"}),
        (("report", "verdict", "outcome"), "fine"),
        (("report", "sessions", 0, "number"), "1"),
        (("report", "findings", 0, "evidence"), [3]),
        (("report", "recordings"), None),
    ],
)
def test_other_types_are_refused(path: tuple[Any, ...], value: object) -> None:
    made = document(refused())
    content = inside(made)
    _put(content, path, value)
    assert "cannot be read by" in refusal(packed(made, content))


def _put(content: Any, path: tuple[Any, ...], value: object) -> None:
    *steps, last = path
    for step in steps:
        content = content[step]
    content[last] = value


def test_what_no_analysis_makes_is_refused() -> None:
    made = document(refused())
    content = inside(made)
    content["report"]["verdict"]["finding"] = 99
    assert "a verdict without its finding; read" in refusal(packed(made, content))


def test_fields_of_a_later_version_are_passed_over() -> None:
    made = document(refused())
    content = inside(made)
    content["report"]["weather"] = "fine"
    content["report"]["sessions"][0]["mood"] = ["good"]
    octets = packed(made, content)
    assert load(octets, "x.json").report == redact(refused()).report


FORGED = "Ask @evil at https://evil.test/ or [here](//evil.test) <b>now</b> {user}"


def test_what_rules_say_is_not_taken_from_the_file() -> None:
    content = inside(document(refused()))
    for text in content["report"]["texts"].values():
        text.update(dict.fromkeys(text, FORGED))
    back = load(packed(document(refused()), content), "x.json")
    assert back.report == redact(refused()).report


def test_what_an_unknown_rule_says_is_shown_as_captured() -> None:
    content = inside(document(refused()))
    texts = content["report"]["texts"]
    for text in texts.values():
        text.update(dict.fromkeys(text, FORGED))
    texts["ZZ-001"] = dict(texts["SA-007"])
    back = saved.load(packed(document(refused()), content), "x.json", {})
    assert "ZZ-001" not in back.report.texts
    told = str(RENDERERS["md"](back, "en"))
    assert "Ask @evil at" in told
    assert not _live(told)
    for kind in RENDERERS:
        RENDERERS[kind](back, "nl")
    assert "<b>now" not in str(RENDERERS["html"](back, "en"))


def _live(markdown: str) -> list[str]:
    """What GitHub would make a mention or a link of: whatever stands outside of code spans."""
    return re.findall(r"@evil|evil\.test", re.sub(r"(`+).*?\1", "", markdown))


def _strings(thing: Any) -> Iterator[tuple[Any, Any]]:
    """Where the strings stand: what holds each, and its key there."""
    for key, value in thing.items() if isinstance(thing, dict) else enumerate(thing):
        if isinstance(value, dict | list):
            yield from _strings(value)
        elif isinstance(value, str):
            yield thing, key


def test_no_string_of_the_file_is_live_in_markdown() -> None:
    made = document(refused())
    content = inside(made)
    for holder, key in _strings(content["report"]):
        before, holder[key] = holder[key], FORGED
        try:
            told = str(RENDERERS["md"](load(packed(made, content), "x.json"), "en"))
        except UsageError:
            told = ""
        assert not _live(told), key
        holder[key] = before


HOSTILE: dict[type, tuple[Any, ...]] = {
    int: (0, -1, 1, 2, 99, 10**9, 2**63 - 1, -(2**63), 2**64 - 1),
    float: (0.0, -1.0, 1e308, float("nan"), float("inf")),
    str: (
        *("", "\x1b[31m", "<script>", "{0.__class__}", "{x:>999999999}", "{", "{count:a|b}"),
        *("AA-000", "client", "a" * 5_000, "\U0010ffff\U00100000", "1", "../x"),
    ),
    bytes: (b"", b"\xff", b"<a>" * 500),
    bool: (True, False),
    type(None): (1, "x", None),
}
"""Values of a type, to be put in the place of one."""


def _disturb(content: Any, chance: random.Random) -> None:
    """Change one thing, mostly into another of its type."""
    place = content
    while True:
        key = chance.choice([*place] if isinstance(place, dict) else range(len(place)))
        value = place[key]
        if isinstance(value, dict | list) and value and chance.random() > 0.1:
            place = value
            continue
        if isinstance(value, list):
            place[key] = chance.choice([[], value[1:], value * 2, value[::-1]])
        elif isinstance(value, dict):
            place[key] = {}
        else:
            place[key] = chance.choice(HOSTILE[type(value)])
        return


@pytest.mark.parametrize("number", range(3))
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_changed_is_refused_or_rendered(number: int, seed: int) -> None:
    """The one thing that must not happen is a fault of ours."""
    chance = random.Random(seed)
    content = inside(_DOCUMENTS[number])
    for _ in range(chance.randint(1, 3)):
        _disturb(content["report"], chance)
    try:
        redacted = load(packed(_DOCUMENTS[number], content), "x.json")
    except UsageError:
        return
    for kind in RENDERERS:
        RENDERERS[kind](redacted, "en")


_DOCUMENTS = [document(report) for report in (refused(), healthy(), REPORTS["packed"])]


def test_a_pack_that_is_none_is_refused() -> None:
    made = document(REPORTS["packed"])
    content = inside(made)
    content["report"]["sessions"][2]["packed"] = [b"\0"]
    assert "not packed stanzas" in refusal(packed(made, content))


def test_to_change_the_model_is_to_change_what_is_saved() -> None:
    """Reports that were saved before stay readable as long as new fields have a default."""
    assert replace(redact(refused()).report, tool_version="x") != redact(refused()).report
