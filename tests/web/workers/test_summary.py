"""What a list shows of a report: in every language, and no secret."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.model.report import Report
from analyzer.pipeline import analyze
from analyzer.report.language.words import LANGUAGES
from analyzer.report.redaction.redact import Redaction, redact
from analyzer.web.workers import summary
from analyzer.web.workers.summary import HEADLINE_LENGTH, NAME_LENGTH, NAMES, summarize
from tests.web.workers.orders import FIXTURES


@pytest.fixture(scope="module")
def report() -> Report:
    return analyze([FIXTURES / "wrong-password" / "session.har"])


def test_it_tells_what_happened_to_whom_and_where(report: Report) -> None:
    told = summarize(redact(report))
    assert told.outcome == "broken"
    assert told.step == "auth"
    assert told.rule == "SA-007"
    assert told.agents == ("agent1001@finesse.example.test",)
    assert told.servers == ("finesse.example.test:8080",)
    assert told.sessions == 1
    assert told.recorded_ns == report.sessions[0].started_ns
    assert told.headline["en"] == (
        "The server refused user or password of agent1001@finesse.example.test (not-authorized)"
    )
    assert set(told.headline) == set(LANGUAGES)
    assert len(set(told.headline.values())) == len(LANGUAGES)


def test_a_healthy_session_has_no_step_and_no_rule() -> None:
    told = summarize(redact(analyze([FIXTURES / "good-ws" / "session.har"])))
    assert (told.outcome, told.step, told.rule) == ("healthy", None, None)


def test_what_was_taken_out_is_in_no_language(report: Report) -> None:
    told = summarize(redact(report, Redaction.ALL))
    assert "agent1001" not in repr(told)
    assert told.agents
    secret = "correct-horse"
    login = replace(report.sessions[0], agent=f"password={secret}&x=1")
    finding = replace(report.findings[0], values={"agent": f"x password={secret}&y=1"})
    spoilt = replace(report, sessions=(login,), findings=(finding, *report.findings[1:]))
    assert secret in str(spoilt)
    assert secret not in repr(summarize(redact(spoilt)))


def test_it_stays_short_and_can_be_stored(report: Report) -> None:
    one = report.sessions[0]
    many = tuple(
        replace(one, number=n, agent=f"{n}\0\u202e\ud800{'x' * 5_000}", server="s", started_ns=None)
        for n in range(1, 3 * NAMES)
    )
    values = dict.fromkeys(report.findings[0].values, "y" * 5_000 + "\0")
    finding = replace(report.findings[0], values=values)
    told = summarize(redact(replace(report, sessions=many, findings=(finding,))))
    assert len(told.agents) == NAMES
    assert all(len(agent) <= NAME_LENGTH for agent in told.agents)
    assert all(len(line) <= HEADLINE_LENGTH for line in told.headline.values())
    assert told.servers == ("s",)
    assert told.recorded_ns is None
    assert "\0" not in "".join((*told.agents, *told.headline.values()))
    "".join((*told.agents, *told.headline.values())).encode()


@pytest.mark.parametrize("time_ns", [1 << 63, -(1 << 64), (1 << 63) - 1])
def test_a_time_beyond_all_clocks_is_none(report: Report, time_ns: int) -> None:
    session = replace(report.sessions[0], started_ns=time_ns)
    redacted = redact(replace(report, sessions=(session,)))
    expected = time_ns if time_ns < 1 << 63 and time_ns > 0 else None
    assert summarize(redacted).recorded_ns == expected


def test_the_bounds_fit_a_line_of_an_answer() -> None:
    from analyzer.web.workers.order import LINE_OCTETS  # noqa: PLC0415 - only here

    characters = 2 * summary.NAMES * summary.NAME_LENGTH
    characters += len(LANGUAGES) * summary.HEADLINE_LENGTH
    assert 6 * characters < LINE_OCTETS
    assert Path(summary.__file__).name == "summary.py"
