"""XML laid out by its tags, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.page.pretty import notification, pretty


@pytest.mark.parametrize(
    ("text", "laid_out"),
    [
        ("<a/>", "<a/>"),
        ("<a></a>", "<a></a>"),
        ("<a>text</a>", "<a>text</a>"),
        ("<a><b/><c>x</c></a>", "<a>\n  <b/>\n  <c>x</c>\n</a>"),
        ("<a> text <b/> </a>", "<a>\n  text\n  <b/>\n</a>"),
        ("<a x='1>2'><b/></a>", "<a x='1>2'>\n  <b/>\n</a>"),
        ("<?xml version='1.0'?><!-- c --><a/>", "<?xml version='1.0'?>\n<!-- c -->\n<a/>"),
        ("</a></b>x", "</a>\n</b>\nx"),
        ("<a", "<\na"),
        ("not XML", "not XML"),
        ("", ""),
        ("<>", "<>"),
        ("<a>", "<a>"),
        ("<a><b>", "<a>\n  <b>"),
    ],
)
def test_pretty(text: str, laid_out: str) -> None:
    assert pretty(text) == laid_out


def test_depth_is_bounded() -> None:
    lines = pretty("<a>" * 1_000 + "<b/>").splitlines()
    assert len(lines) == 1_001
    assert max(len(line) for line in lines) == 24 + len("<b/>")


@given(st.text(alphabet="<>/'\"a= \n!", max_size=60))
def test_nothing_but_blanks_is_lost_or_added(text: str) -> None:
    assert "".join(pretty(text).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("<a>&lt;b x=&quot;1&quot;&gt;&amp;amp;&apos;&lt;/b&gt;</a>", '<b x="1">&amp;\'</b>'),
        ("<a>\n &lt;b/&gt;", "<b/>"),
        ("<a>plain</a>", None),
        ("&lt;b/&gt;", None),
    ],
)
def test_the_notification_in_a_stanza(text: str, inner: str | None) -> None:
    assert notification(text) == inner
