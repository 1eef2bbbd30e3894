"""The hardened parser: what it reads, what it refuses, and that hostile XML stays small."""

import time
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.limits import XML_DEPTH, XML_MARKUP, XML_OCTETS
from analyzer.protocol.xml import (
    Element,
    Flaw,
    first_tag,
    forbidden,
    local_name,
    parse,
    parse_within,
    pieces,
    start_of,
    text_of,
    without_declaration,
)


def element(octets: bytes) -> Element:
    found = parse(octets)
    assert not isinstance(found, Flaw), found
    return found


def flaw(octets: bytes) -> Flaw:
    found = parse(octets)
    assert isinstance(found, Flaw), found
    return found


# well-formed


def test_an_element_with_its_parts() -> None:
    root = element("<a xmlns='x:y' b='1'>t\u00e9<c/>&amp;<![CDATA[<d>]]></a>".encode())
    assert root.tag == "{x:y}a"
    assert local_name(root) == "a"
    assert root.get("b") == "1"
    assert root.get("missing") is None
    assert [child.tag for child in root] == ["{x:y}c"]
    assert text_of(root) == "t\u00e9&<d>"
    assert text_of(root[0]) == ""
    assert text_of(element(b"<a>x</a>")) == "x"


def test_a_parser_that_stumbled_reads_on() -> None:
    for _ in range(3):
        flaw(b"<a><b></a>")
        assert element(b"<a/>").tag == "a"


# not well-formed


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"", "ERR_DOCUMENT_EMPTY"),
        (b"x", "ERR_DOCUMENT_EMPTY"),
        (b"<a", "ERR_GT_REQUIRED"),
        (b"<a/>x", "ERR_DOCUMENT_END"),
        (b"<a/><b/>", "ERR_DOCUMENT_END"),
        (b"<a><b></a></b>", "ERR_TAG_NAME_MISMATCH"),
        (b"<a b='1' b='2'/>", "ERR_ATTRIBUTE_REDEFINED"),
        (b"<a b=1/>", "ERR_ATTRIBUTE_NOT_STARTED"),
        (b"<a>&nbsp;</a>", "ERR_UNDECLARED_ENTITY"),
        (b"<a>\x0b</a>", "ERR_INVALID_CHAR"),
        (b"<a>\x00</a>", "ERR_INVALID_CHAR"),
        (b"<a>&#0;</a>", "ERR_INVALID_CHAR"),
        (b"<a>]]></a>", "ERR_MISPLACED_CDATA_END"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(octets: bytes, problem: str) -> None:
    found = flaw(octets)
    assert (found.code, found.values["problem"]) == (AnomalyCode.XML_MALFORMED, problem)
    assert found.values["line"] == 1
    assert not found.undeclared


def test_the_place_is_that_of_the_error() -> None:
    assert flaw(b"<a>\n  <b>\n</a>").values == {
        "problem": "ERR_TAG_NAME_MISMATCH",
        "line": 3,
        "column": 5,
    }


@pytest.mark.parametrize("octets", [b"<x:a/>", b"<a x:b='1'/>", b"<a><x:b/></a>"])
def test_a_prefix_that_is_not_declared(octets: bytes) -> None:
    assert flaw(octets).undeclared


@pytest.mark.parametrize(
    "octets", [b"<a>\xff</a>", b"<a>\xed\xa0\x80</a>", b"<a>\xe9</a>", b"<a b='\xc3'/>"]
)
def test_octets_that_are_not_utf8(octets: bytes) -> None:
    assert flaw(octets).code is AnomalyCode.XMPP_UTF8


def test_other_encodings_are_not_guessed() -> None:
    assert flaw("<a/>".encode("utf-16")).code is AnomalyCode.XML_MALFORMED


# RFC 6120 section 11.1


@pytest.mark.parametrize(
    ("octets", "word"),
    [
        (b"<!-- x --><a/>", "<!--"),
        (b"<a><!-- x --></a>", "<!--"),
        (b"<a><?x y?></a>", "<?"),
        (b"<?xml version='1.0'?><a/>", "<?"),
        (b"<!DOCTYPE a><a/>", "<!DOCTYPE"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<!DOCTYPE"),
        (b"<a><!ENTITY b 'c'></a>", "<!ENTITY"),
        (b"<a><![CDATA[x]]><!-- x --></a>", "<!--"),
        (b"<a><!x></a>", "<!"),
    ],
)
def test_forbidden_markup_never_gets_to_the_parser(octets: bytes, word: str) -> None:
    assert flaw(octets) == Flaw(AnomalyCode.XML_FORBIDDEN, {"found": word})


@pytest.mark.parametrize(
    "octets", [b"<a><![CDATA[<!-- <?x <!DOCTYPE]]></a>", b"<a><![CDATA[]]><![CDATA[<?]]></a>"]
)
def test_in_cdata_it_is_text(octets: bytes) -> None:
    assert forbidden(octets) is None
    element(octets)


def test_cdata_without_end_hides_nothing() -> None:
    assert flaw(b"<a><![CDATA[<!--").code is AnomalyCode.XML_MALFORMED


# hostile


LAUGHS = (
    b"<!DOCTYPE z [<!ENTITY a0 'ha'>"
    + b"".join(b"<!ENTITY a%d '&a%d;&a%d;'>" % (n + 1, n, n) for n in range(40))
    + b"]><z>&a40;</z>"
)


def test_a_billion_laughs_are_refused_unread() -> None:
    assert flaw(LAUGHS).values == {"found": "<!DOCTYPE"}


def test_an_external_entity_is_refused_unread() -> None:
    octets = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"
    assert flaw(octets).code is AnomalyCode.XML_FORBIDDEN


def test_depth_ends_at_its_limit() -> None:
    def nested(depth: int) -> bytes:
        return b"<a>" * depth + b"</a>" * depth

    element(nested(XML_DEPTH))
    limit = Flaw(AnomalyCode.LIMIT, {"limit": "XML_DEPTH", "value": XML_DEPTH})
    assert flaw(nested(XML_DEPTH + 1)) == limit
    assert flaw(b"<a>" * 100_000) == limit


def test_length_ends_at_its_limit() -> None:
    limit = Flaw(AnomalyCode.LIMIT, {"limit": "XML_OCTETS", "value": XML_OCTETS})
    element(b"<a>" + b"x" * 9_000_000 + b"</a>")
    # libxml2 stops a little earlier, at ten million.
    assert flaw(b"<a>" + b"x" * 10_000_001 + b"</a>") == limit
    assert flaw(b"<a b='" + b"x" * 10_000_001 + b"'/>") == limit
    assert flaw(b"<a>" + b"x" * XML_OCTETS + b"</a>") == limit


@pytest.mark.parametrize(
    "octets",
    [
        b"<a>" + b"<b/>" * XML_MARKUP + b"</a>",
        b"<a " + b" ".join(b"b%d=''" % n for n in range(XML_MARKUP)) + b"/>",
    ],
)
def test_markup_ends_at_its_limit(octets: bytes) -> None:
    limit = Flaw(AnomalyCode.LIMIT, {"limit": "XML_MARKUP", "value": XML_MARKUP})
    assert flaw(octets) == limit
    element(b"<a>" + b"<b/>" * (XML_MARKUP - 2) + b"</a>")


HOSTILE = {
    "open tags": b"<a>",
    "close tags": b"</a>",
    "angle brackets": b"<",
    "quotes": b"<a '",
    "double quotes": b'<a b="',
    "declarations": b"<?xml ",
    "cdata": b"<![CDATA[",
    "cdata ends": b"]]>",
    "attributes": b" b=''",
    "blanks": b" ",
    "letters": b"a",
    "entities": b"&amp;",
}


def work(octets: bytes) -> float:
    begun = time.process_time()
    parse(octets)
    parse(b"<a" + octets)
    pieces(octets, 1000)
    pieces(b"<a" + octets, 1000)
    start_of(b"<a" + octets)
    first_tag(b"<a" + octets)
    forbidden(octets)
    without_declaration(octets)
    return time.process_time() - begun


@pytest.mark.parametrize("octets", HOSTILE.values(), ids=HOSTILE)
def test_hostile_octets_take_linear_time(octets: bytes) -> None:
    single, fourfold = (octets * (count // len(octets)) for count in (50_000, 200_000))
    once = min(work(single) for _ in range(3))
    assert work(fourfold) < 12 * once + 0.2


# namespaces of an outer element, start tags, declarations


def test_declarations_of_an_outer_element() -> None:
    found = parse_within(b"xmlns:s='x:y'", b"<s:a/>")
    assert not isinstance(found, Flaw)
    assert found.tag == "{x:y}a"


def test_an_outer_element_holds_exactly_one() -> None:
    for octets in (b"", b"text", b"<a/><b/>"):
        found = parse_within(b"", octets)
        assert isinstance(found, Flaw)
        assert found.values == {"problem": "ERR_DOCUMENT_EMPTY"}
    assert isinstance(parse_within(b"", b"<a>"), Flaw)


@pytest.mark.parametrize(
    ("octets", "start"),
    [
        (b"<a/>", b"<a/>"),
        (b"<a b='1' c='2", b"<a b='1'/>"),
        (b"<a b='1' c", b"<a b='1'/>"),
        (b"<x:a b = \"1\"\n c='2'>text", b"<x:a b = \"1\"\n c='2'/>"),
        (b"<?xml version='1.0'?>\n <a>", b"<a/>"),
        (b"<stream", b""),
        (b"<", b""),
        (b"</a>", b""),
        (b"<!DOCTYPE", b""),
        (b"text", b""),
        (b"", b""),
    ],
)
def test_the_start_of_what_is_cut(octets: bytes, start: bytes) -> None:
    assert start_of(octets) == start


def test_the_first_tag() -> None:
    assert first_tag(b"<a b='>'>x") == b"<a b='>'>"
    assert first_tag(b"</a>x") == b"</a>"
    assert first_tag(b"<a") == b""
    assert first_tag(b"x<a>") == b""


def test_a_leading_declaration() -> None:
    assert without_declaration(b" <?xml version='1.0'?><a/>") == b"<a/>"
    assert without_declaration(b"<a/><?xml version='1.0'?>") == b"<a/><?xml version='1.0'?>"
    assert without_declaration(b"<?xmlx?><a/>") == b"<?xmlx?><a/>"


# pieces


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b"", []),
        (b"  ", []),
        (b"<a/>", [b"<a/>"]),
        (b"<a/><b>x</b>", [b"<a/>", b"<b>x</b>"]),
        (b"<a><b/></a><c/>", [b"<a><b/></a>", b"<c/>"]),
        (b"<a x='/>'/><b y=\">\"></b>", [b"<a x='/>'/>", b'<b y=">"></b>']),
        (b"<a><![CDATA[</a><a>]]></a><b/>", [b"<a><![CDATA[</a><a>]]></a>", b"<b/>"]),
        (b"<a><![CDATA[</a>", [b"<a><![CDATA[</a>"]),
        (b"<a/> <b", [b"<a/>", b" <b"]),
        (b"</a></b>", [b"</a>", b"</b>"]),
        (b"<a/>text", [b"<a/>", b"text"]),
        (b"<a/>  ", [b"<a/>"]),
    ],
)
def test_elements_side_by_side(octets: bytes, found: list[bytes]) -> None:
    assert pieces(octets, 100) == found


def test_the_last_piece_holds_the_rest() -> None:
    assert pieces(b"<a/>" * 5, 3) == [b"<a/>", b"<a/>", b"<a/><a/><a/>"]


# properties, with expat as the second opinion


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda name: not name.lower().startswith("xml")
)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20
)
Tree = tuple[str, dict[str, str], Any]


def trees() -> st.SearchStrategy[Any]:
    leaves = st.tuples(
        NAMES, st.dictionaries(NAMES, TEXTS, max_size=3), st.lists(TEXTS, max_size=1)
    )
    return st.recursive(
        leaves,
        lambda inner: st.tuples(
            NAMES,
            st.dictionaries(NAMES, TEXTS, max_size=3),
            st.lists(st.one_of(TEXTS, inner), max_size=4),
        ),
        max_leaves=12,
    )


def written(tree: object) -> str:
    if isinstance(tree, str):
        return escape(tree)
    assert isinstance(tree, tuple)
    name, attributes, inside = tree
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{told}>{''.join(map(written, inside))}</{name}>"


def flat(one: Element | ET.Element) -> Iterator[tuple[str, str]]:
    yield one.tag, "".join(one.itertext())
    for child in one:
        yield from flat(child)


@given(trees())
def test_expat_reads_the_same(tree: Tree) -> None:
    octets = written(tree).encode()
    ours, theirs = element(octets), ET.fromstring(octets)
    assert list(flat(ours)) == list(flat(theirs))
    assert {name: ours.get(name) for name in theirs.attrib} == dict(theirs.attrib)
    assert pieces(octets * 3, 10) == [octets] * 3
    start = start_of(octets)
    assert element(start).tag == ours.tag


MARKUP = st.lists(
    st.sampled_from(
        [
            *(b"<a>", b"</a>", b"<b", b"/>", b">", b"'", b'"', b"=", b" ", b"x:", b"<!", b"<?"),
            *(b"<![CDATA[", b"]]>", b"&amp;", b"&", b"\xff", b"\x00", b"<!--", b"xmlns='q'"),
        ]
    ),
    max_size=30,
).map(b"".join)


@given(st.one_of(st.binary(max_size=200), MARKUP))
@example(b"<a>&#xD800;</a>")
def test_any_octets_are_an_element_or_a_flaw(octets: bytes) -> None:
    found = parse(octets)
    if not isinstance(found, Flaw):
        assert list(flat(found)) == list(flat(ET.fromstring(octets)))
    assert b"".join(pieces(octets, 50)).strip() in (octets.strip(), octets.rstrip().lstrip())
    start = start_of(octets)
    assert start == b"" or start.endswith(b"/>")
    assert octets.startswith(first_tag(octets))
    if not isinstance(found, Flaw):
        within = parse_within(b"", octets)
        assert not isinstance(within, Flaw)
        assert within.tag == found.tag
