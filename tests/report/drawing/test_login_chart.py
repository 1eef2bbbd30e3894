"""The login as bars."""

from lxml import html as lxml_html
from msgspec.structs import replace

from analyzer.model.session import Step, StepName, StepStatus
from analyzer.report.drawing.login_chart import LEFT, WIDTH, Login, login
from analyzer.report.language.words import words
from analyzer.report.page.html import environment
from tests.report.reports import har_place, har_session

WORDS = words("en")


def step(name: StepName, begin: float, took: float | None, **fields: object) -> Step:
    values: dict[str, object] = {
        "name": name,
        "status": StepStatus.DONE,
        "asked": har_place(round(begin * 100), begin),
        "latency_ns": None if took is None else round(took * 1e9),
    }
    return Step(**(values | fields))  # type: ignore[arg-type]


STEPS = (
    step(StepName.CONNECT, 0, 0.01),
    step(StepName.OPEN, 0.02, 0.1, status=StepStatus.FAILED),
    step(StepName.AUTH, 0.2, 0.8, status=StepStatus.LATE),
    step(StepName.BIND, 1, None),
    step(StepName.LIVE, 50, 0.1),
    step(StepName.SESSION, 1, 0.1, asked=None),
    step(StepName.PRESENCE, 1, 0.1, asked=replace(har_place(1, 1), time_ns=None)),
)


def drawn(*steps: Step) -> Login | None:
    return login(har_session(steps=steps), WORDS, {har_place(2, 0.02): "m1-2"})


def test_a_bar_from_question_to_answer() -> None:
    made = drawn(*STEPS)
    assert made is not None
    assert made.caption == "From the first question to the last answer: 1.0 s."
    assert [(bar.title, bar.took, bar.status, bar.key) for bar in made.bars] == [
        ("TCP connection", "10 ms", "done", ""),
        ("Stream opened", "100 ms (failed)", "failed", "m1-2"),
        ("Authentication", "800 ms (late)", "late", ""),
    ]
    assert made.bars[0].x == LEFT
    assert made.bars[-1].x + made.bars[-1].width == made.right
    assert all(bar.took_x < WIDTH - 40 for bar in made.bars)
    assert made.ticks[0].text == "0 s"


def test_one_bar_is_no_drawing() -> None:
    assert drawn() is None
    assert drawn(STEPS[0], STEPS[3]) is None
    assert drawn(step(StepName.CONNECT, 0, 0), step(StepName.OPEN, 0, 0)) is None


def test_the_drawing_leads_to_what_began_a_step() -> None:
    source = '{% import "charts.html" as c with context %}{{ c.login(chart) }}'
    tree = lxml_html.fromstring(
        environment().from_string(source).render(w=WORDS, chart=drawn(*STEPS))
    )
    assert tree.xpath("//a/@href") == ["#m1-2"]
    titles = [title.text for title in tree.xpath("//title")]
    assert titles[1] == "Stream opened: 100 ms, failed"
