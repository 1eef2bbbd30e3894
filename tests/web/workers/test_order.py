"""What the server and its processes say to each other."""

from pathlib import Path

import pytest
from msgspec import MsgspecError

from analyzer.web.records import Failure, FailureCode, FileKind, Keep, Phase, Progress, Summary
from analyzer.web.workers.order import (
    AnalyzeOrder,
    Bounds,
    CompareOrder,
    Failed,
    Finished,
    Given,
    Left,
    Order,
    RenderOrder,
    Task,
    Told,
    Written,
    answer_of,
    as_line,
    fault,
    task_of,
    unreadable,
)

ANALYZE = AnalyzeOrder(
    folder="/x/case",
    files=(Given(file_id="1", name="é.har", kind=FileKind.HAR, clean=True),),
    profile="finesse",
    redact="all",
    keep=Keep.REDACTED,
    language="nl",
    out="/x/out",
)
COMPARE = CompareOrder(good="/x/a", bad="/x/b", profile="finesse", redact="secrets", out="/x/out")
RENDER = RenderOrder(saved="/x/result.json", format="zip", language="it", out="/x/out")
BOUNDS = Bounds(memory=1 << 31, seconds=1.5, file_octets=1 << 30)


@pytest.mark.parametrize("order", [ANALYZE, COMPARE, RENDER], ids=["analyze", "compare", "render"])
def test_a_task_arrives_as_it_was_sent(order: Order) -> None:
    task = Task(order=order, bounds=BOUNDS, parent=17)
    assert task_of(as_line(task)) == task


def test_what_is_no_task_is_refused() -> None:
    with pytest.raises(MsgspecError):
        task_of(b'{"order":{"type":"delete"}}')


@pytest.mark.parametrize(
    "answer",
    [
        Told(progress=Progress(phase=Phase.READING, name="a", delivered=3)),
        Finished(
            written=(Written(format="json", language="en", file="report.zh-Hans.json"),),
            summary=Summary(outcome="healthy", headline={"en": "x"}),
            left=(Left(file="aB3-x.har", file_id="aB3-x"), Left(file="sessions.har", name="s")),
        ),
        Failed(failure=Failure(code=FailureCode.INPUT, detail="x"), died=True),
    ],
    ids=["told", "finished", "failed"],
)
def test_an_answer_arrives_as_it_was_sent(answer: Told | Finished | Failed) -> None:
    line = as_line(answer)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert answer_of(line) == answer


@pytest.mark.parametrize(
    "line",
    [b"", b"Killed\n", b"{}\n", b'{"type":"finished"}', b"\xff\xfe", b"[" * 100_000, b'"\xff"'],
)
def test_what_is_no_answer_is_a_fault(line: bytes) -> None:
    assert answer_of(line) == fault("an answer that cannot be read")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "", ".", "..", "a/b", "a\0", "a\n", "x" * 300]
)
def test_an_answer_names_no_file_elsewhere(name: str) -> None:
    strange = fault("an answer that names strange files")
    written = Written(format="json", language="en", file=name)
    assert answer_of(as_line(Finished(written=(written,)))) == strange
    assert answer_of(as_line(Finished(written=(), left=(Left(file=name),)))) == strange


def test_a_file_is_known_by_its_name() -> None:
    assert ANALYZE.sources == [Path("/x/case/é.har")]
    assert ANALYZE.file_of("é.har") is ANALYZE.files[0]
    assert ANALYZE.file_of("é.har/inner.har") is ANALYZE.files[0]
    assert ANALYZE.file_of("another.har") is None


def test_files_are_known_by_what_the_analysis_calls_them() -> None:
    names = ("a.har", "a.har.zip", "case")
    files = tuple(Given(file_id=n, name=n, kind=FileKind.HAR) for n in names)
    several = AnalyzeOrder(
        folder="/x/case",
        files=files,
        profile="finesse",
        redact="all",
        keep=Keep.NONE,
        language="nl",
        out="/x/out",
    )
    assert several.sources == [Path("/x/case") / name for name in names]
    assert [several.file_of(name) for name in names] == [*files]
    assert several.file_of("a.har.zip/a.har") is files[1]
    assert several.file_of("case/case") is files[2]


def test_an_error_without_words_says_its_name() -> None:
    assert unreadable(PermissionError()).failure.detail == "PermissionError"
