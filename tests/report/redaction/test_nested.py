"""What a name means depends on what it stands in."""

import pytest

from analyzer.report.redaction.nested import written
from analyzer.report.redaction.people import People
from analyzer.report.redaction.vault import Vault

ROSTER = "<query xmlns='jabber:iq:roster'>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<Agent><id>7</id><name>Jane</name></Agent>",
         "<Agent><id>7</id><name>person-1</name></Agent>"),
        ("&lt;user&gt;&lt;name&gt;Jane&lt;/name&gt;",
         "&lt;user&gt;&lt;name&gt;person-1&lt;/name&gt;"),
        ("<users><u:user><u:name><![CDATA[Jane & Co]]></u:name>",
         "<users><u:user><u:name><![CDATA[person-1]]></u:name>"),
        ("<vCard><N><FAMILY>Doe</FAMILY></N><TEL><NUMBER>5557313713</NUMBER></TEL></vCard>",
         "<vCard><N><FAMILY>person-1</FAMILY></N><TEL><NUMBER>number-1</NUMBER></TEL></vCard>"),
        (f"{ROSTER}<item jid='x' name='Jane Doe'/>", f"{ROSTER}<item jid='x' name='person-1'/>"),
        ("<item jid='a@h.test' name='Jane'/>", "<item jid='person-1@h.test' name='person-2'/>"),
        ("<callVariable1><v>Doe</v> x</callVariable1> y",
         "<callVariable1><v>[redacted: call data 1]</v>[redacted: call data 2]</callVariable1> y"),
        ("<callVariable2><![CDATA[a<b]]></callVariable2>",
         "<callVariable2><![CDATA[[redacted: call data 1]]]></callVariable2>"),
        ('{"user":{"id":1,"name":"Jane"},"name":"x"}',
         '{"user":{"id":1,"name":"person-1"},"name":"x"}'),
        ('{"users":["jane", "joe"]}', '{"users":["person-1", "person-2"]}'),
        ('{"users":[{"name":"Jane"}]}', '{"users":[{"name":"person-1"}]}'),
        ('{"phoneNumbers":["555-1234", 5551235]}', '{"phoneNumbers":["number-1", number-2]}'),
        ('{"phone":{"type":"home","value":"555-1234"}}',
         '{"phone":{"type":"home","value":"number-1"}}'),
    ],
)  # fmt: skip
def test_by_what_it_stands_in(text: str, expected: str) -> None:
    people = People(Vault())
    assert people.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<Team><name>Sales</name></Team>",
        "<user><teams><Team><name>Sales</name></Team></teams></user>",
        "<user><state>READY</state></user>",
        "<item id='1' name='x'/>",
        "<item/><user/><name>Sales</name>",
        "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='h' name='Rooms'/>",
        '{"user":{"team":{"name":"Sales"}}}',
        '{"states":["READY"], "user":{}, "name":"Sales"}',
        '{"users":[]}',
        "<a>" * 200 + "</b>",
        ']}{"name":"Sales"}',
    ],
)
def test_what_is_about_nobody_stays(text: str) -> None:
    assert People(Vault()).text(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<m><body><![CDATA[a<b]]></body></m>", "<m><body><![CDATA[#1]]></body></m>"),
        ("<c:m><c:body>hi</c:body>x</c:m>", "<c:m><c:body>#1</c:body>x</c:m>"),
        ("<m><body>a<x/>b<i>c</i>d</body>e</m>", "<m><body>#1<x/>#2<i>#3</i>#4</body>e</m>"),
        ("<body/><body></body><status />", "<body/><body></body><status />"),
        ("<body xmlns='http://jabber.org/protocol/httpbind'>a</body>",
         "<body xmlns='http://jabber.org/protocol/httpbind'>a</body>"),
        ("<status>\n<presence>a", "<status>\n<presence>a"),
    ],
)  # fmt: skip
def test_what_people_wrote(text: str, expected: str) -> None:
    for number in range(1, 5):
        expected = expected.replace(f"#{number}", f"[redacted: message text {number}]")
    assert People(Vault()).written(text) == expected


def test_what_is_carried_escaped_may_stay() -> None:
    text = "<message>&lt;status&gt;a&lt;/status&gt;<status>b</status></message>"
    assert [text[begin:end] for _, begin, end in written(text)] == ["a", "b"]
    assert [text[begin:end] for _, begin, end in written(text, escaped=False)] == ["b"]
