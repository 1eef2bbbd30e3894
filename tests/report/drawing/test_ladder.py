"""Where the lanes and lines of a ladder stand, and what they say."""

import gzip

import pytest
from lxml import html as lxml_html
from msgspec.structs import replace

from analyzer.model.source import Direction, Side
from analyzer.report.drawing.geometry import width_of
from analyzer.report.drawing.ladder import CLIENT_X, SERVER_X, WIDTH, Ladder, ladder, offset
from analyzer.report.drawing.lanes import Lane, Onward, Scene
from analyzer.report.facts.labels import Label
from analyzer.report.language.words import words
from analyzer.report.page.html import environment
from analyzer.report.view.timeline import Row
from tests.report.reports import START_NS

WORDS = words("en")
BROWSER, PROXY = Lane(role="Browser", name="10.0.0.1:5"), Lane(role="Proxy", name="p" * 200)
SERVER = Lane(role="Server", name="finesse.example.test:8445")
DIRECT = Scene(lanes=(BROWSER, SERVER))
PROXIED = Scene(lanes=(BROWSER, PROXY, SERVER))
ONWARD = Onward(node=Lane(role="Node B", name="b.example.test"), text="on", session=2, time_ns=None)

PING = Label("iq get", "ping", routine=True)
PONG = Label("iq result", "ping", routine=True)
EVENT = Label("message", "PUT /n", event=True)
TO_CLIENT = Direction.TO_CLIENT
TIMES = "\N{MULTIPLICATION SIGN}"


def row(number: int, seconds: float | None = None, **fields: object) -> Row:
    values: dict[str, object] = {
        "key": f"m1-{number}",
        "time_ns": None if seconds is None else START_NS + round(seconds * 1e9),
        "direction": Direction.TO_SERVER,
        "label": Label("iq get"),
        "place": f"packet {number}",
    }
    return Row(**(values | fields))  # type: ignore[arg-type]


def drawn(rows: list[Row], scene: Scene = DIRECT) -> Ladder:
    return ladder(rows, WORDS, scene)


def told(rows: list[Row], scene: Scene = DIRECT) -> list[str]:
    return [line.key or line.name for line in drawn(rows, scene).lines]


def page(made: Ladder, linked: tuple[int, ...] = (), *, anchored: bool = True) -> str:
    source = '{% import "ladder.html" as d with context %}{{ d.ladder(l, 1, linked, anchored) }}'
    return (
        environment().from_string(source).render(w=WORDS, l=made, linked=linked, anchored=anchored)
    )


def test_arrows_go_from_lane_to_lane() -> None:
    rows = [
        row(1, 0),
        row(2, 0.5, direction=TO_CLIENT),
        row(3, 0.6, direction=None, by=Side.SERVER),
        row(4, direction=None),
        row(5, unseen=True),
    ]
    lines = drawn(rows).lines
    assert [(line.kind, line.time, line.start, line.end) for line in lines] == [
        ("arrow", "+0.000", CLIENT_X, SERVER_X),
        ("arrow", "+0.500", SERVER_X, CLIENT_X),
        ("end", "+0.600", SERVER_X, CLIENT_X),
        ("end", "", CLIENT_X, SERVER_X),
        ("hole", "", CLIENT_X, SERVER_X),
    ]
    assert [line.y for line in lines] == sorted({line.y for line in lines})
    assert drawn(rows).height > lines[-1].y


def test_every_lane_has_its_place_and_its_name_the_room_beside_it() -> None:
    made = drawn([], replace(PROXIED, onward=ONWARD))
    assert [pole.x for pole in made.poles] == [104, 344, 584, 744]
    assert (made.proxy_x, made.node_x) == (344, 584)
    assert made.poles[1].title == PROXY.name
    for before, after in zip(made.poles, made.poles[1:], strict=False):
        right = before.x + width_of(before.name, 11) / 2
        assert right < after.x - width_of(after.name, 11) / 2
    assert drawn([]).proxy_x is None


def test_a_time_without_a_message_is_told_and_a_long_one_drawn() -> None:
    rows = [row(1, 0), row(2), row(3, 12.5), row(4, 69.5)]
    assert told(rows) == [
        "m1-1",
        "m1-2",
        "12.5 s later",
        "m1-3",
        "57.0 s without a message",
        "m1-4",
    ]
    cut = told(rows, replace(DIRECT, whole=False))
    assert "57.0 s later; not all that was said meanwhile is drawn" in cut
    assert "12.5 s later" in cut
    assert told([row(1), row(2, 40)]) == ["m1-1", "m1-2"]


def test_pings_in_a_row_are_one_arrow_with_two_heads() -> None:
    rows = [row(0, 0)]
    for n in range(1, 13):
        rows += [
            row(2 * n, 20 * n, label=PING),
            row(2 * n + 1, 20 * n + 0.1, label=PONG, direction=TO_CLIENT),
        ]
    *_, run = drawn(rows).lines
    assert (run.kind, run.name, run.detail) == (
        "run",
        f"{TIMES}24",
        "12 pings and answers in 3 min 40 s",
    )
    assert run.title == "24 messages from +20.000 to +240.100: 12 pings and answers"
    assert (run.both, run.where, run.key, run.rows) == (True, "packet 2 …", "m1-2", (1, 24))


def test_events_in_a_row_are_one_arrow_one_way() -> None:
    run, _ = drawn([*(row(n, label=EVENT, direction=TO_CLIENT) for n in range(5)), row(9)]).lines
    assert (run.name, run.detail, run.both) == (f"{TIMES}5", "5 events", False)
    assert (run.start, run.end) == (SERVER_X, CLIENT_X)
    mixed, *_ = drawn([row(n, label=(EVENT, PING)[n % 2]) for n in range(4)]).lines
    assert mixed.detail == "2 events, 2 pings and answers"


def test_what_is_not_drawn_is_counted() -> None:
    rows = [row(n, n / 10) for n in range(1_000)]
    assert "500 messages are not drawn" in told(rows)


@pytest.mark.parametrize(
    ("scene", "end"), [(DIRECT, 424), (PROXIED, 424), (replace(PROXIED, onward=ONWARD), 344)]
)
def test_what_did_not_arrive_ends_on_its_way(scene: Scene, end: int) -> None:
    (line, *_) = drawn([row(1)], replace(scene, lost=frozenset({"m1-1"}))).lines
    assert (line.end, line.bad, line.detail) == (end, True, " (did not arrive)")
    assert line.title == "iq get  (did not arrive)"


def test_texts_have_no_more_than_their_room() -> None:
    rows = [row(1, place="capture-of-the-agent.pcapng: packet 7", cited=("CO-004", "WS-022"))]
    rows += [row(2, label=Label("n" * 20, "d" * 90), place="x" * 80)]
    rows += [row(3, label=Label("m" * 40, "d" * 90))]
    plain, long, broad = drawn(rows, replace(DIRECT, onward=ONWARD)).lines[:3]
    assert (broad.name[-1], broad.detail) == ("…", "")
    assert plain.where == "packet 7"
    assert plain.title.endswith("capture-of-the-agent.pcapng: packet 7")
    assert long.detail.endswith("…")
    assert width_of(f"{long.name} {long.detail}", 12) < 584 - CLIENT_X - 28
    assert width_of(broad.name, 12) < 584 - CLIENT_X - 28
    assert long.where.endswith("…")


def test_where_the_agent_went_on_stands_below() -> None:
    rows = [row(1, 5)]
    *_, last = drawn(rows, replace(DIRECT, onward=ONWARD)).lines
    assert (last.kind, last.name, last.session, last.time, last.end) == (
        "onward",
        "on",
        2,
        "",
        SERVER_X,
    )
    known = replace(ONWARD, time_ns=START_NS + 9_000_000_000)
    *_, last = drawn(rows, replace(DIRECT, onward=known)).lines
    assert last.time == "+4.000"


def test_signs_are_explained_where_they_are_used() -> None:
    assert drawn([row(1)]).keys == {}
    rows = [*(row(n, label=EVENT) for n in range(2, 99)), row(99, cited=("CO-004",), failed=True)]
    assert drawn(rows).keys == {"failed": "iq get", "run": f"{TIMES}67", "rule": "CO-004"}


def test_no_sheet_breaks_a_line() -> None:
    made = drawn([row(n, n) for n in range(100)])
    assert made.sheets[0].top == 0
    assert made.sheets[-1].bottom == made.height
    for before, after in zip(made.sheets, made.sheets[1:], strict=False):
        assert before.bottom == after.top
        assert before.lines[-1].y < before.bottom < after.lines[0].y - 17


def test_each_arrow_leads_to_its_row_and_has_a_title() -> None:
    made = drawn([row(1, 0, failed=True), row(2, 1, cited=("CO-004",)), row(3, 60)])
    tree = lxml_html.fromstring(page(made))
    links = tree.xpath("//a")
    assert [link.get("href") for link in links] == ["#m1-1", "#m1-2", "#m1-3"]
    assert [link.findtext("title") for link in links] == ["iq get"] * 3
    assert [len(link.xpath(".//circle[@class='badge']")) for link in links] == [1, 0, 0]
    assert "style=" not in page(made)


def test_a_drawing_without_a_page_has_no_links() -> None:
    scene = replace(PROXIED, onward=ONWARD, lost=frozenset({"m1-2"}))
    rows = [row(1, 0), row(2, 1), row(3, 2, direction=None, by=Side.CLIENT, failed=True), row(4)]
    made = drawn([*rows, *(row(n, label=EVENT) for n in range(5, 99))], scene)
    assert "<a " not in page(made, anchored=False)
    assert page(made, (2,)).count('href="#s2"') == 1
    assert 'href="#s' not in page(made)


@pytest.mark.parametrize("polyglot", ["<script>", '"><svg onload=x>', "'\u202e&lt;"])
def test_captured_text_stays_text(polyglot: str) -> None:
    rows = [row(1, label=Label(polyglot, polyglot), place=polyglot, cited=(polyglot,))]
    scene = Scene(lanes=(Lane(role="Client", name=polyglot), SERVER))
    tree = lxml_html.fromstring(page(drawn(rows, scene)))
    assert not tree.xpath("//script|//*[@onload]")


def test_five_hundred_arrows_fit_the_budget() -> None:
    names = ("iq get", "iq result", "presence", "message headline")
    rows = [
        row(
            n,
            n / 10,
            label=Label(names[n % 4], f"subscription /finesse/api/User/{n * 7 % 97} subscribed"),
            direction=(Direction.TO_SERVER, TO_CLIENT)[n % 2],
            place=f"entry 3, message {n}",
        )
        for n in range(500)
    ]
    made = drawn(rows)
    assert len(made.lines) == 500
    assert len(gzip.compress(page(made).encode(), 9)) <= 12 << 10


def test_since_the_first_row() -> None:
    assert offset(-1_500_000) == "-0.002"
    assert WIDTH == 960
