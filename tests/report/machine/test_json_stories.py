"""Stories for machines, as the schema says."""

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]

from analyzer.model.history import Chapter, Happening, History
from analyzer.model.report import SCHEMA_VERSION
from analyzer.model.source import Side
from analyzer.report.machine import json as machines
from analyzer.report.machine.json_stories import story
from analyzer.report.redaction.redact import redact
from tests.report.reports import START_NS, entry, refused

SCHEMA = json.loads(
    (files("analyzer.report.machine") / f"schema-{SCHEMA_VERSION}.json").read_text()
)

BARE = Chapter(what=Happening.STILL_IN, session=None, time_ns=None, server="fin-a")
FULL = Chapter(
    what=Happening.LOST,
    session=1,
    time_ns=START_NS,
    server="fin-a",
    side="A",
    detail="rst",
    by=Side.SERVER,
    count=2,
    span_ns=1_500_000,
    evidence=(entry(2),),
)
STORY = History(agent="agent1001@example.test", sessions=(1, 2), chapters=(FULL, BARE))


def document(**fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machines.render(redact(refused(**fields)), "en"))
    return found


def test_a_story_holds_to_the_schema() -> None:
    nobody = History(agent="", sessions=(), chapters=())
    found = document(histories=(STORY, nobody))
    Draft202012Validator(SCHEMA).validate(found)
    first, second = found["histories"]
    assert (first["agent"], first["sessions"]) == ("agent1001@example.test", [1, 2])
    assert second == {"agent": None, "sessions": [], "chapters": []}
    lost, still = first["chapters"]
    assert lost.pop("evidence")[0]["place"] == "entry 3, message 2"
    assert lost == {
        "what": "lost",
        "session": 1,
        "time": "2026-01-01T00:00:00.000Z",
        "server": "fin-a",
        "side": "A",
        "detail": "rst",
        "by": "server",
        "count": 2,
        "span_ms": 1.5,
    }
    assert (still["time"], still["by"], still["span_ms"], still["evidence"]) == (None,) * 3 + ([],)


@pytest.mark.parametrize("what", Happening)
def test_the_schema_knows_every_happening(what: Happening) -> None:
    chapter = Chapter(what=what, session=1, time_ns=None, server="fin-a")
    found = document(histories=(History(agent="", sessions=(1,), chapters=(chapter,)),))
    Draft202012Validator(SCHEMA).validate(found)


def test_the_schema_demands_each_field() -> None:
    found = document(histories=(STORY,))
    for whole in (found["histories"][0], found["histories"][0]["chapters"][0]):
        for name in list(whole):
            taken = whole.pop(name)
            with pytest.raises(ValidationError):
                Draft202012Validator(SCHEMA).validate(found)
            whole[name] = taken


def test_a_place_is_written_by_whom_one_asks() -> None:
    told = story(STORY, lambda source, session: {"at": source.time_ns, "of": session})
    assert told["chapters"][0]["evidence"] == [{"at": START_NS, "of": 1}]
