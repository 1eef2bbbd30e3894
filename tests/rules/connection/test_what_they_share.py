"""What only those have that were lost is named, and nothing that somebody who stayed has."""

import pytest

from analyzer.rules import shelf
from tests.rules.climb import climb

RULE = next(rule for rule in shelf.load() if rule.id == "CO-045")

CHROME, EDGE = "@request User-Agent: Chrome/156", "@request User-Agent: Edg/155"
NGINX, APACHE = "@response Server: nginx", "@response Server: Apache"


def case(lost: str, stayed: str, staying: int = 2) -> str:
    """Three agents that are lost one by one, and some that stay."""
    parts = [f"{lost}\n@login user=lost{n}\n{9 + 20 * n} S> [rst]" for n in range(3)]
    parts += [f"{stayed}\n@login user=stayed{n}" for n in range(staying)]
    return "".join(f"@connection {20 * n}\n{part}\n" for n, part in enumerate(parts))


def told(ladder: str) -> list[tuple[object, object]]:
    findings, _ = shelf.run(climb(ladder).subjects, [RULE])
    return [(one.values["what"], one.values["shared"]) for one in findings]


def test_a_browser() -> None:
    assert told(case(CHROME, EDGE)) == [("User-Agent", "Chrome/156")]


def test_what_stands_in_front_of_the_node() -> None:
    assert told(case(NGINX, APACHE)) == [("Via or Server header", "nginx")]
    assert told(case(f"{NGINX}\n@response Via: 1.1 edge", NGINX)) == [
        ("Via or Server header", "1.1 edge")
    ]


@pytest.mark.parametrize(
    "ladder",
    [
        case(CHROME, CHROME),
        case(CHROME, EDGE, staying=1),
        case(CHROME, "@request User-Agent:"),
        case("@raw", "@raw"),
    ],
)
def test_nothing_that_others_have_or_may_have(ladder: str) -> None:
    assert told(ladder) == []
