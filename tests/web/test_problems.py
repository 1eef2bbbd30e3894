"""Every refusal has its status."""

import pytest

from analyzer.web.problems import STATUS, Problem, ProblemCode


@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_code_is_an_error_of_http(code: ProblemCode) -> None:
    problem = Problem(code, "why", retry_s=3, limit=7)
    assert problem.status == STATUS[code]
    assert 400 <= problem.status < 600
    assert (problem.detail, problem.retry_s, problem.values) == ("why", 3, {"limit": 7})
    assert str(problem) == f"('{code.value}', 'why')"
