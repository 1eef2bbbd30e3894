"""The octets of a stream become its first-level elements, however they are cut."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import XML_DEPTH, XML_OCTETS
from analyzer.protocol.xmpp_split import Kind, Part, Splitter
from tests.protocol.wire import C, chunk

HEADER = b"<stream:stream to='a>b' xmlns='jabber:client'>"


def split(*packets: bytes, lost: bool = False, end: bool = True) -> list[Part]:
    """All parts, what is left at the end included."""
    splitter = Splitter(0)
    splitter.lost = lost
    parts: list[Part] = []
    offset = 0
    for number, octets in enumerate(packets, 1):
        splitter.queue.push(chunk(octets, C, offset, number))
        offset += len(octets)
        while (part := splitter.next()) is not None and part.kind is not Kind.TLS:
            parts.append(part)
        if part is not None:
            return [*parts, part]
    last = splitter.end() if end else None
    return parts if last is None else [*parts, last]


def told(*packets: bytes, lost: bool = False) -> list[tuple[Kind, bytes]]:
    return [(part.kind, part.octets) for part in split(*packets, lost=lost)]


def joined(parts: list[Part]) -> list[Part]:
    """White space need not come in one part."""
    found: list[Part] = []
    for part in parts:
        if found and part.kind is found[-1].kind is Kind.BLANK:
            before = found.pop()
            octets = before.octets + part.octets
            found.append(Part(Kind.BLANK, before.begin, len(octets), octets))
        else:
            found.append(part)
    return found


def problems(*packets: bytes) -> list[str]:
    return [part.problem for part in split(*packets) if part.problem]


@pytest.mark.parametrize(
    "element",
    [
        b"<iq/>",
        b"<iq id='1' />",
        b"<a><b/><c>text</c></a>",
        b"<a b='>' c=\"'/>\"/>",
        b"<a><![CDATA[</a><b>]]></a>",
        b"<a><!-- </a> -- > --></a>",
        b"<a><?pi </a> ?></a>",
        b"<stream:features/>",
        b"<stream:error><x/></stream:error>",
        b"<a ></a >",
        b"<a>&lt;b&gt;</a>",
        b"<a b='" + bytes([0x61]) * 5000 + b"'><c/></a>",
    ],
)
def test_an_element_is_found_however_it_is_cut(element: bytes) -> None:
    expected = [(Kind.ELEMENT, element), (Kind.ELEMENT, b"<z/>")]
    assert told(element + b"<z/>") == expected
    assert told(*(element[at : at + 1] for at in range(len(element))), b"<z/>") == expected


def test_a_whole_stream() -> None:
    assert told(b"<?xml version='1.0'?>\n" + HEADER + b" <iq/>\n</stream:stream>\n") == [
        (Kind.DECLARATION, b"<?xml version='1.0'?>"),
        (Kind.BLANK, b"\n"),
        (Kind.HEADER, HEADER),
        (Kind.BLANK, b" "),
        (Kind.ELEMENT, b"<iq/>"),
        (Kind.BLANK, b"\n"),
        (Kind.FOOTER, b"</stream:stream>"),
        (Kind.BLANK, b"\n"),
    ]


def test_a_header_may_have_any_prefix_or_none() -> None:
    header = b"<s:stream xmlns:s='http://etherx.jabber.org/streams'>"
    assert told(header + b"<iq/></s:stream>") == [
        (Kind.HEADER, header),
        (Kind.ELEMENT, b"<iq/>"),
        (Kind.FOOTER, b"</s:stream>"),
    ]
    assert told(b"<stream></stream>") == [(Kind.HEADER, b"<stream>"), (Kind.FOOTER, b"</stream>")]
    assert told(b"<stream:stream/>") == [(Kind.ELEMENT, b"<stream:stream/>")]


def test_what_is_forbidden_at_the_first_level() -> None:
    assert told(b"<!-- a --><?xsl b?><iq/>") == [
        (Kind.FORBIDDEN, b"<!-- a -->"),
        (Kind.FORBIDDEN, b"<?xsl b?>"),
        (Kind.ELEMENT, b"<iq/>"),
    ]


@pytest.mark.parametrize(
    ("octets", "beginning", "problem"),
    [
        (b"<message <iq/>", b"<message ", "ERR_GT_REQUIRED"),
        (b"<message a='<iq/>", b"<message a='", "ERR_LT_IN_ATTRIBUTE"),
        (b"<a><b></c><iq/>", b"<a><b>", "ERR_TAG_NAME_MISMATCH"),
        (b"</a><iq/>", b"", "ERR_TAG_NAME_MISMATCH"),
        (b"hello<iq/>", b"", "ERR_DOCUMENT_END"),
        (b"\x16ab<iq/>", b"", "ERR_DOCUMENT_END"),
        (b"\x16abcd<iq/>", b"", "ERR_DOCUMENT_END"),
        (b"<![CDATA[a]]><iq/>", b"", "ERR_DOCUMENT_END"),
        (b"<a><></a><iq/>", b"<a>", "ERR_NAME_REQUIRED"),
        (b"< a><iq/>", b"", "ERR_NAME_REQUIRED"),
        (b"<a=b><iq/>", b"", "ERR_NAME_REQUIRED"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><iq/>", b"", "<!"),
        (b"<a><!ELEMENT b></a><iq/>", b"<a>", "<!"),
    ],
)
def test_what_is_broken_costs_only_itself(octets: bytes, beginning: bytes, problem: str) -> None:
    parts = split(octets)
    assert (parts[0].kind, parts[0].octets) == (Kind.BROKEN, beginning)
    assert parts[0].problem == problem
    assert parts[-1].kind is Kind.ELEMENT
    assert parts[-1].octets == b"<iq/>"
    assert split(*(octets[at : at + 1] for at in range(len(octets)))) == parts


def test_a_truncated_element_does_not_swallow_the_end_of_the_stream() -> None:
    kinds = [part.kind for part in split(HEADER + b"<message><body>a</stream:stream>")]
    assert kinds == [Kind.HEADER, Kind.BROKEN, Kind.FOOTER]


@pytest.mark.parametrize(
    "next_element",
    [
        b"<iq/>",
        b"<message>a</message>",
        b"<presence\nto='a'/>",
        b"<r xmlns='urn:xmpp:sm:3'/>",
        b"<a h='1' xmlns='urn:xmpp:sm:3'/>",
        b"<failed xmlns='urn:xmpp:sm:3'><x/></failed>",
        b"<enabled id='a' xmlns='urn:xmpp:sm:3'/>",
        b"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        b"<stream:features/>",
        b"<stream:error/>",
    ],
)
def test_behind_a_hole_the_next_first_level_tag_is_looked_for(next_element: bytes) -> None:
    octets = b"dy><a href='x'>y</a><success>&lt;</body></message>" + next_element
    parts = split(octets, lost=True)
    skipped = len(octets) - len(next_element)
    assert parts == [
        Part(Kind.SKIPPED, 0, skipped),
        Part(Kind.ELEMENT, skipped, len(next_element), next_element),
    ]
    assert split(*(octets[at : at + 1] for at in range(len(octets))), lost=True) == parts


def test_a_hole_in_front_of_an_element_hides_nothing_more() -> None:
    assert told(b"<iq/>", lost=True) == [(Kind.ELEMENT, b"<iq/>")]
    assert told(b"</stream:stream>", lost=True) == [(Kind.FOOTER, b"</stream:stream>")]
    assert told(HEADER, lost=True) == [(Kind.HEADER, HEADER)]


def test_nothing_found_behind_a_hole_is_one_part() -> None:
    parts = split(*[b"x" * 100] * 10, lost=True)
    assert parts == [Part(Kind.SKIPPED, 0, 1000)]


def test_what_is_cut() -> None:
    assert told(b"<iq><a") == [(Kind.CUT, b"<iq><a")]
    assert told(b"<iq>") == [(Kind.CUT, b"<iq>")]
    assert told(b"<") == [(Kind.CUT, b"<")]
    assert told(b"<!") == [(Kind.CUT, b"<!")]
    assert told(b"<!-- -") == [(Kind.CUT, b"<!-- -")]
    assert told(b"\x17\x03") == [(Kind.SKIPPED, b"")]
    assert split(b"<iq/>", end=True)[-1].kind is Kind.ELEMENT


@pytest.mark.parametrize("lost", [False, True])
def test_tls_is_told_and_left(lost: bool) -> None:
    hello = b"\x16\x03\x01\x02\x00\x01\x00"
    parts = split(b"<iq/>" + hello, lost=lost)
    assert [part.kind for part in parts] == [Kind.ELEMENT, Kind.TLS]
    assert parts[-1][1:3] == (5, 0)
    assert [part.kind for part in split(b"garbage" + hello, lost=True)] == [Kind.SKIPPED, Kind.TLS]


def test_an_element_may_be_as_long_as_the_parser_takes_it() -> None:
    room = XML_OCTETS - len(b"<iq></iq>")
    longest = b"<iq>" + b"x" * room + b"</iq>"
    assert told(longest) == [(Kind.ELEMENT, longest)]
    too_long = b"<iq>" + b"x" * (room + 1) + b"</iq><iq/>"
    expected = [
        Part(Kind.EXCESS, 0, XML_OCTETS, too_long[:XML_OCTETS], "XML_OCTETS"),
        Part(Kind.SKIPPED, XML_OCTETS, 1),
        Part(Kind.ELEMENT, XML_OCTETS + 1, 5, b"<iq/>"),
    ]
    assert split(too_long) == expected
    pieces = [too_long[at : at + 65536] for at in range(0, len(too_long), 65536)]
    assert split(*pieces) == expected


def test_an_element_may_be_as_deep_as_the_parser_takes_it() -> None:
    deep = b"<a>" * (XML_DEPTH - 1) + b"</a>" * (XML_DEPTH - 1)
    assert told(deep) == [(Kind.ELEMENT, deep)]
    assert problems(b"<a>" * XML_DEPTH) == ["XML_DEPTH"]


@pytest.mark.parametrize(
    "octets",
    [
        b"<a>" + b"x" * 60_000 + b"</a>",
        b"<a b='" + b"x" * 60_000 + b"'/>",
        b"<a>" + b"<b/>" * 15_000 + b"</a>",
        b"<a><!--" + b"-" * 60_000 + b"--></a>",
        b"<a" + b" b=''" * 12_000 + b"/>",
        b"<" * 60_000,
        b"<iq" * 20_000,
        b"x" * 60_000,
        b" " * 60_000,
    ],
)
def test_one_octet_at_a_time_takes_time_in_proportion(octets: bytes) -> None:
    def lasts(length: int) -> float:
        begin = time.process_time()
        split(*(octets[at : at + 1] for at in range(length)))
        return time.process_time() - begin

    whole = lasts(len(octets))
    if whole > 12 * lasts(len(octets) // 4) + 0.5:
        pytest.fail(f"a quarter of the octets takes less than a twelfth of {whole:.1f} s")


MARKUP = st.lists(
    st.sampled_from(
        [
            *(b"<iq>", b"</iq>", b"<iq/>", b"<message a='", b"'>", b"</message>", b'"', b"'", b">"),
            *(b"<", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml ", b"?>", b"<!X", b" ", b"x"),
            *(HEADER, b"</stream:stream>", b"<r xmlns='urn:xmpp:sm:3'/>", b"\x16\x03\x01\x00\x05"),
        ]
    ),
    max_size=20,
).map(b"".join)


@given(MARKUP, st.booleans(), st.integers(1, 9))
def test_any_cut_gives_the_same_parts(octets: bytes, lost: bool, size: int) -> None:
    pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
    whole = split(octets, lost=lost)
    assert joined(split(*pieces, lost=lost)) == joined(whole)
    end = 0
    for part in whole:
        assert part.begin == end
        assert part.octets in (b"", octets[end : end + part.length])
        end += part.length
    assert end == len(octets) or whole[-1].kind is Kind.TLS
