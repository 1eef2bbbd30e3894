from analyzer.web.api.refusals import ANYWHERE, UPLOAD, refusals
from analyzer.web.problems import STATUS, ProblemCode


def test_each_status_tells_its_codes() -> None:
    told = refusals(ProblemCode.NOT_READY, ProblemCode.CONFLICT)
    assert [*told] == sorted({409} | {STATUS[code] for code in ANYWHERE})
    assert "(`not-ready`)" in told[409]["description"]
    assert "(`conflict`)" in told[409]["description"]
    assert [*told[409]["content"]] == ["application/problem+json"]


def test_headers_of_refusals_are_told() -> None:
    told = refusals(*UPLOAD)
    assert {status for status in told if "headers" in told[status]} == {401, 429, 503}
    assert "Retry-After" in told[503]["headers"]


def test_a_code_is_told_once() -> None:
    assert refusals(ProblemCode.FAULT)[500]["description"].count("(`fault`)") == 1
