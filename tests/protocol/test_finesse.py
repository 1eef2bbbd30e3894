"""Finesse notifications, however their names are spelled and however they are wrapped."""

import json
import re
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import XML_MARKUP
from analyzer.model.xmpp import ApiError, Update
from analyzer.protocol.finesse import EMPTY, FORBIDDEN, NO_UPDATE, NOT_READABLE, update_of
from analyzer.protocol.xml import Element, Flaw, parse

USER = """<Update><data><user><dialogs>/finesse/api/User/1001/Dialogs</dialogs>
<loginId>1001</loginId><reasonCode><category>NOT_READY</category><code>21</code></reasonCode>
<state>NOT_READY</state></user></data><event>put</event><requestId>ab-1</requestId>
<source>/finesse/api/User/1001</source></Update>"""
"""As in the developer guide: the event in small letters, the reason as a code inside."""

READ = Update(
    event="PUT",
    source="/finesse/api/User/1001",
    request_id="ab-1",
    subject="user",
    state="NOT_READY",
    reason_code="21",
    user="1001",
)


def notification(inside: str) -> Element:
    found = parse(f"<notification xmlns='x'>{inside}</notification>".encode())
    assert not isinstance(found, Flaw)
    return found


def update(document: str) -> Update | str:
    return update_of(notification(escape(document)))


# how it is wrapped


@pytest.mark.parametrize(
    "inside",
    [
        escape(USER),
        f"<![CDATA[{USER}]]>",
        USER,
        f"\n  {escape(USER)}\n",
        escape(f"<?xml version='1.0' encoding='UTF-8'?>{USER}"),
    ],
    ids=["escaped", "CDATA", "child", "blanks", "declaration"],
)
def test_escaped_in_cdata_or_as_a_child(inside: str) -> None:
    assert update_of(notification(inside)) == READ


@pytest.mark.parametrize("inside", ["", "  \n ", "<![CDATA[]]>"])
def test_nothing(inside: str) -> None:
    assert update_of(notification(inside)) == EMPTY


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<Update><event>PUT</Update>", NOT_READABLE),
        ("<Update>&#0;</Update>", NOT_READABLE),
        ("plain text", NOT_READABLE),
        ("<!DOCTYPE x><Update/>", FORBIDDEN),
        ("<Update><!-- x --></Update>", FORBIDDEN),
        ("<user/>", NO_UPDATE),
        ("{", NOT_READABLE),
        ("[1]", NO_UPDATE),
        ('{"a": 1}', NO_UPDATE),
        ("[" * 100_000, NOT_READABLE),
        ("[" + "1," * XML_MARKUP, NOT_READABLE),
    ],
)
def test_what_cannot_be_read_says_why(document: str, reason: str) -> None:
    one = notification("x")
    one.text = document
    assert update_of(one) == reason


# how its names are spelled


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_letter_case_counts_for_nothing(change: object) -> None:
    assert callable(change)
    spelled = re.sub(r"</?\w+", lambda tag: change(tag.group()), USER)
    assert update(spelled) == READ


def test_namespaces_count_for_nothing() -> None:
    assert (
        update(USER.replace("<Update>", "<Update xmlns='http://jabber.org/protocol/pubsub'>"))
        == READ
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<Update/>", Update()),
        ("<Update><event/><requestId> </requestId><data/></Update>", Update()),
        (
            "<Update><data><Dialog><state>ACTIVE</state></Dialog></data><event>PUT</event></Update>",
            Update(event="PUT", subject="dialog", state="ACTIVE"),
        ),
        (
            "<Update><data><systemInfo><status>OUT_OF_SERVICE</status></systemInfo></data></Update>",
            Update(subject="systeminfo", state="OUT_OF_SERVICE"),
        ),
        (
            "<Update><data><user><reasonCodeId>28</reasonCodeId></user></data></Update>",
            Update(subject="user", reason_code="28"),
        ),
        (
            "<Update><data><user><ReasonCode>-1</ReasonCode></user></data></Update>",
            Update(subject="user", reason_code="-1"),
        ),
        (
            "<Update><data><user><state><x/></state></user></data></Update>",
            Update(subject="user"),
        ),
    ],
)
def test_fields_that_are_there(document: str, expected: Update) -> None:
    assert update(document) == expected


def test_asynchronous_errors() -> None:
    document = """<Update><data><apiErrors><apiError><errorData>34</errorData>
    <errorMessage>CF_RESOURCE_OUT_OF_SERVICE</errorMessage>
    <errorType>Call Operation Failure</errorType>
    </apiError><apiError/><other/></apiErrors></data><event>PUT</event></Update>"""
    found = update(document)
    assert isinstance(found, Update)
    assert found.subject == "apierrors"
    assert found.errors == (
        ApiError(type="Call Operation Failure", message="CF_RESOURCE_OUT_OF_SERVICE", data="34"),
        ApiError(),
    )


# JSON


@pytest.mark.parametrize(
    "document",
    [
        {"Update": {"event": "put", "data": {"user": {"loginId": 1001, "state": "READY"}}}},
        {"update": {"Event": "PUT", "Data": {"User": {"loginid": "1001", "State": " READY "}}}},
        {"event": "put", "data": {"user": {"loginId": "1001", "state": "READY"}}},
        {"x": 1, "UPDATE": {"event": "PUT", "data": [{"user": {}}, 1]}},
    ],
)
def test_json(document: object) -> None:
    found = update(json.dumps(document))
    assert isinstance(found, Update)
    assert found.event == "PUT"
    if "UPDATE" not in json.dumps(document):
        assert (found.subject, found.state, found.user) == ("user", "READY", "1001")


def test_a_json_list_is_repeated_elements() -> None:
    errors = [{"errorType": "a", "errorData": 20700}, {"errorType": None}, "x"]
    document = {"update": {"data": {"apiErrors": {"apiError": errors}}}}
    found = update(json.dumps(document))
    assert isinstance(found, Update)
    assert found.errors == (ApiError(type="a", data="20700"), ApiError(), ApiError())


@pytest.mark.parametrize("document", [{"update": None}, {"update": 1}, {"update": []}])
def test_an_update_that_holds_nothing(document: object) -> None:
    assert update(json.dumps(document)) == Update()


# laws


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["update", "data", "event", "user", "state", "apiErrors", "apiError"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=15,
)


@given(st.one_of(JSON.map(json.dumps), st.text(max_size=60)))
def test_any_text_is_an_update_or_a_reason(document: str) -> None:
    one = notification("x")
    try:
        one.text = document
    except ValueError:  # no XML document can hold it
        return
    found = update_of(one)
    assert isinstance(found, Update) or found in {EMPTY, FORBIDDEN, NOT_READABLE, NO_UPDATE}
