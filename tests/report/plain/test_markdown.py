"""The Markdown of a report: short, and nothing in it that was captured is more than text."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from analyzer.report.language.texts import Piece
from analyzer.report.language.words import LANGUAGES, words
from analyzer.report.plain.markdown import code, escaped, finding_markdown, inline, quoted, render
from analyzer.report.redaction.redact import Redaction, redact
from analyzer.report.view.findings import Findings
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import (
    blind,
    finding,
    har_recording,
    har_session,
    healthy,
    packet_recording,
    refused,
)

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
"""With what GitHub adds to CommonMark; links without brackets are looked for in `text_of`."""

MARKS = (
    *POLYGLOTS,
    "[click](https://evil.example/)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example/>",
    "https://evil.example/ www.evil.example admin@evil.example",
    "@octocat #1 GH-1 octo/repo#1 :tada: $\\sqrt{2}$",
    "[x]: https://evil.example/\n[x]",
    "`<img src=https://evil.example/x.png>`",
    "``` ` `` [x](https://evil.example/)",
    "` `` ``` ````",
    "\\`[x](https://evil.example/)\\`",
    "| a | b |\n|---|---|\n| ~~c~~ | d |",
    "# head\n- item\n1. item\n    code\n---\n***",
    "[~admin] [text|https://evil.example/] !x.png! {html}<b>{html}",
    "a" * 400 + "` [x](https://evil.example/)",
    "\t` \t",
    " ",
)

ALLOWED = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text"),
    *("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close"),
    *("list_item_open", "list_item_close", "code_inline", "hardbreak", "softbreak"),
}
"""What ours consists of: no link, no image, no HTML, no table, no block of code."""

LIVE = re.compile(r"https?:|www\.|@|evil|octocat|script|onerror", re.IGNORECASE)
"""What GitHub makes a link or a mention of, and words that only the hostile strings have."""


def tokens(text: str) -> Iterator[Token]:
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or ()


def text_of(text: str) -> str:
    return "\n".join(token.content for token in tokens(text) if token.type == "text")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", MARKS)
def test_nothing_captured_is_live(text: str, language: str) -> None:
    made = render(redact(hostile(text), Redaction.NONE), language)
    assert {token.type for token in tokens(made)} <= ALLOWED | {"strong_open", "strong_close"}
    assert not LIVE.search(text_of(made))


def test_the_oracle_would_notice() -> None:
    assert {"link_open", "image", "html_inline", "html_block"} <= {
        token.type for mark in MARKS for token in tokens(f"Text {mark}\n\n{mark}")
    }
    assert LIVE.search(text_of("by @octocat"))


@pytest.mark.parametrize("text", MARKS)
def test_a_single_finding_is_as_tame(text: str) -> None:
    report = hostile(text)
    for index in range(len(report.findings)):
        made = finding_markdown(Findings(report, words("en")).view_of(index), words("en"))
        assert {token.type for token in tokens(made)} <= ALLOWED
        assert not LIVE.search(text_of(made))


@given(st.text(max_size=40).filter(lambda text: text.isprintable() and text.strip()))
def test_a_code_span_holds_any_text(text: str) -> None:
    before, span, after = MARKDOWN.parseInline(f"a {code(text)} b")[0].children or []
    assert (before.content, span.type, after.content) == ("a ", "code_inline", " b")
    assert span.content == text


@given(st.text(alphabet="`[]()<>!*_&~|$\\#a1.:/@ ", min_size=1, max_size=30))
def test_words_of_ours_are_text_and_code(text: str) -> None:
    made = [token for token in tokens(f"x{escaped(text)}x") if token.type != "inline"]
    assert {token.type for token in made} <= ALLOWED
    read = "".join(token.content for token in made)
    assert " ".join(read.split()) == " ".join(f"x{text}x".split())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "packet 3",
            "entry 3, message 4",
            "packets 1-3",
            "第 3 条\uff0c第 4 条。",
            "9.5 s, 1,234",
        ),
        'got an answer ("not-authorized"): why?',
    ],
)
def test_plain_words_are_text(text: str) -> None:
    assert quoted(text) == text


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a.example: packet 3", "`a.example`: packet 3"),
        ("by a@b (#1), then", "by `a@b (#1`), then"),
        ("<auth> PLAIN as x_y", "`<auth>` PLAIN as `x_y`"),
        ("[click here](https://evil.example/).", "`[click here](https://evil.example/`)."),
        ("``", "``` `` ```"),
        ("...", "`...`"),
        ("", ""),
    ],
)
def test_other_words_are_code(text: str, made: str) -> None:
    assert quoted(text) == made


@given(st.text(alphabet="`[]()<>!*_&~|$\\#a1.:/@ -,\"'。", max_size=40))
def test_words_that_may_be_captured_are_never_live(text: str) -> None:
    made = list(tokens(f"x {quoted(text)} x"))
    assert {token.type for token in made} <= ALLOWED
    left = "".join(token.content for token in made if token.type == "text")
    assert not re.search(r"@|//|[\[\]<>*_#`]|[a-z]\.[a-z]", left)


def test_captured_words_and_ours_are_told_apart() -> None:
    assert inline((Piece("<close/> by *"), Piece("a*b", captured=True))) == "`<close/>` by \\*`a*b`"


def test_it_says_what_a_ticket_needs() -> None:
    made = render(redact(refused()), "en")
    for words_of_it in (
        "# Broken: The server refused the user name or password of `agent1001` (SA-007)",
        "The answer to `PLAIN` was `not-authorized`",
        "- `session.har`: entry 3, message 3: failure not-authorized",
        "`.log.entries[3]._webSocketMessages[3]`",
        "## What to do",
        "## Ruled out",
        f"- `session.har` (SHA-256 `{'ab' * 32}`)",
        "Taken out before this report was written: sasl exchange (",
    ):
        assert words_of_it in made
    assert len(made) < 3_000


def test_steps_and_filters_stay_lists_and_code() -> None:
    view = Findings(refused(), words("en")).view_of(1)
    made = finding_markdown(view, words("en"))
    assert made.startswith("### The connection was reset after 5.2 s (CO-004)\n\nWarning, likely")
    assert "1. Look at `the proxy`.\n2. Ask who runs it." in made
    assert "`frame.number >= 85 && frame.number <= 88" in made
    assert "follows from SA-007" in made
    alone = refused(
        recordings=(har_recording(),), sessions=(har_session(),), findings=(finding("SA-007"),)
    )
    made = finding_markdown(Findings(alone, words("en")).view_of(0), words("en"))
    assert "\n\nError, certain\n\n" in made


@pytest.mark.parametrize("report", [healthy(), blind()])
def test_without_a_cause_there_is_no_case(report: object) -> None:
    made = render(redact(report), "en")  # type: ignore[arg-type]
    assert "## Why" not in made
    assert "## The recording" in made


def test_a_report_with_its_secrets_says_so_first() -> None:
    made = render(redact(refused(), Redaction.NONE), "en")
    assert made.startswith("**This report holds passwords and tokens. Do not pass it on.**")
    assert "Taken out" not in made


def test_what_it_begins_with_is_no_list_and_no_heading() -> None:
    report = refused(
        recordings=(har_recording(name="1. a.har"), packet_recording(name="# b.pcapng"))
    )
    made = render(redact(report), "en")
    assert "- `1. a.har` (SHA" in made
    assert "- `# b.pcapng` (SHA" in made


AFTER = "\u5728 10 \u6beb\u79d2\u540e\u6536\u5230 "
"""After 10 ms it got, in Chinese."""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            f"{AFTER}<success/>\uff1b{AFTER}<a>\u3002",
            f"{AFTER}`<success/>`\uff1b{AFTER}`<a>`\u3002",
        ),
        ("\u4f1a\u8bdd\uff0c [x]", "\u4f1a\u8bdd\uff0c `[x]`"),
        ("\u4f1a\u8bdd [x] \u4f1a\u8bdd", "\u4f1a\u8bdd `[x]` \u4f1a\u8bdd"),
        (
            "session\u00a0: \u00ab\u00a0oui\u00a0\u00bb",
            "session\u00a0: \u00ab\u00a0oui\u00a0\u00bb",
        ),
    ],
)
def test_words_of_other_languages_are_no_code(said: str, shown: str) -> None:
    assert quoted(said) == shown
