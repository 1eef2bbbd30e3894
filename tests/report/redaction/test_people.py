"""Who is somebody, what is a number of somebody, and who is nobody."""

import time

import pytest

from analyzer.report.redaction import people as module
from analyzer.report.redaction.patterns import SecretKind
from analyzer.report.redaction.people import People
from analyzer.report.redaction.vault import Vault


def left(text: str) -> str:
    return People(Vault(), ("finesse", "cuic.")).text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # elements of notifications, also escaped
        ("<firstName>Jane</firstName>", "<firstName>person-1</firstName>"),
        ("&lt;loginId&gt;1001&lt;/loginId&gt;", "&lt;loginId&gt;person-1&lt;/loginId&gt;"),
        ("&amp;lt;extension&amp;gt;1001&amp;lt;/", "&amp;lt;extension&amp;gt;number-1&amp;lt;/"),
        ("<a:nick xmlns:a='x'>Jo</a:nick>", "<a:nick xmlns:a='x'>person-1</a:nick>"),
        ("<lastName><![CDATA[Doe & Co]]></lastName>", "<lastName><![CDATA[person-1]]></lastName>"),
        ("<wrapUpItem>Sold</wrapUpItem>", "<wrapUpItem>[redacted: call data 1]</wrapUpItem>"),
        ("<callVariable3>x</", "<callVariable3>[redacted: call data 1]</"),
        ("<fromAddress>Jane</fromAddress>", "<fromAddress>person-1</fromAddress>"),
        ("<user><state>READY</state></user>", "<user><state>READY</state></user>"),
        ("<user/><user></user>", "<user/><user></user>"),
        ("<loginName>null</loginName>", "<loginName>null</loginName>"),
        # call variables, whatever their names
        (
            "<CallVariable><name>a</name><value>Doe</value></CallVariable>",
            "<CallVariable><name>a</name><value>[redacted: call data 1]</value></CallVariable>",
        ),
        (
            'CallVariable:[{"value":"Doe"},{"value":"5"}',
            'CallVariable:[{"value":"[redacted: call data 1]"},{"value":"[redacted: call data 2]"}',
        ),
        # JSON
        ('{"lastName":"Doe","state":"READY"}', '{"lastName":"person-1","state":"READY"}'),
        ('{"extension": 1001, "id": 7}', '{"extension": number-1, "id": 7}'),
        ('{"user": null}', '{"user": null}'),
        ('{"user": {"id": 1}}', '{"user": {"id": 1}}'),
        (
            "{&quot;data&quot;:&quot;{\\&quot;agentId\\&quot;:\\&quot;1001\\&quot;}&quot;}",
            "{&quot;data&quot;:&quot;{\\&quot;agentId\\&quot;:\\&quot;person-1\\&quot;}&quot;}",
        ),
        # attributes, forms, queries
        ("<a loginId='1001' x='y'/>", "<a loginId='person-1' x='y'/>"),
        ("userName=jane&b=c", "userName=person-1&b=c"),
        ("a%3Db%26user%3Djane%26c%3Dd", "a%3Db%26user%3Dperson-1%26c%3Dd"),
        ("extension: 1001", "extension: number-1"),
        ("sec-ch-ua-mobile: ?0", "sec-ch-ua-mobile: ?0"),
        ("user=", "user="),
        (
            '"name": "agentName", "value": "Jane"',
            '"name": "agentName", "value": "person-1"',
        ),
        (
            "<name>ANI</name><value>5551234</value>",
            "<name>ANI</name><value>number-1</value>",
        ),
        ("<name>colour</name><value>red</value>", "<name>colour</name><value>red</value>"),
        # paths, URIs, addresses
        ("/finesse/api/User/1001/Dialogs", "/finesse/api/User/person-1/Dialogs"),
        ("%2Fapi%2FUser%2F1001%2FDialogs", "%2Fapi%2FUser%2Fperson-1%2FDialogs"),
        ('\\/api\\/User\\/1001"', '\\/api\\/User\\/person-1"'),
        ("/finesse/api/Team/5000/Users", "/finesse/api/Team/5000/Users"),
        ("/finesse/api/Dialog/16777217", "/finesse/api/Dialog/16777217"),
        ("tel:+31205551234;ext=5", "tel:number-1;ext=5"),
        ("sip:1001@pbx.example.test", "sip:number-1@pbx.example.test"),
        ("sip:jane@pbx.example.test", "sip:person-1@pbx.example.test"),
        ("mailto%3Ajane%40example.com", "mailto%3Aperson-1%40example.com"),
        ("call +31 (20) 555-1234 now", "call number-1 now"),
        ("1+1=2", "1+1=2"),
        ("jane.doe@example.com", "person-1@example.com"),
        ("from='1001@host.test/desktop'", "from='person-1@host.test/desktop'"),
        ("jid%3D1001%40host.test", "jid%3Dperson-1%40host.test"),
        ("\\u003e1001@host.test", "\\u003eperson-1@host.test"),
        ("\\n1001@host.test", "\\nperson-1@host.test"),
        ("d\\27artagnan@host.test", "person-1@host.test"),
        ("finesse@host.test and pubsub@host.test", "finesse@host.test and pubsub@host.test"),
        ("a @ b, @host", "a @ b, @host"),
        ("o'hara#1@host.test, o&apos;hara&#x40;host.test",
         "person-1@host.test, person-2&#x40;host.test"),
        ("from='jane@host.test'", "from='person-1@host.test'"),
        ("10.0.0.1:5222 and host.example.test", "10.0.0.1:5222 and host.example.test"),
    ],
)  # fmt: skip
def test_what_is_taken_and_what_stays(text: str, expected: str) -> None:
    assert left(text) == expected
    assert left(expected) == expected


def test_every_name_ends_as_one_of_them_does() -> None:
    assert [name for name in module._NAMES if not name.endswith(module._ENDS)] == []


def test_a_letter_that_is_longer_in_lower_case_hides_no_name() -> None:
    assert left("\u0130 <a nick='Jo' x='y'/>") == "\u0130 <a nick='person-1' x='y'/>"


def test_one_is_one_in_every_spelling() -> None:
    text = (
        "<loginId>JDoe</loginId> jdoe@host.test /finesse/api/User/JDOE "
        "<fromAddress>+31 20 555 1234</fromAddress> tel:+31205551234 <extension>1002</extension>"
    )
    assert left(text) == (
        "<loginId>person-1</loginId> person-1@host.test /finesse/api/User/person-1 "
        "<fromAddress>number-1</fromAddress> tel:number-1 <extension>number-2</extension>"
    )


def test_what_somebody_wrote() -> None:
    people = People(Vault())
    assert people.written("<m><body>hello there</body><x>kept</x></m>") == (
        "<m><body>[redacted: message text 1]</body><x>kept</x></m>"
    )
    assert people.written("<p><status>at lunch</status><show>away</show></p>") == (
        "<p><status>[redacted: message text 1]</status><show>away</show></p>".replace("1", "2")
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1001", "person-1"),
        ("1001@host.test", "1001@host.test"),
        ("10.0.0.1", "10.0.0.1"),
        ("[::1]", "[::1]"),
        ("Finesse", "Finesse"),
        ("", ""),
    ],
)
def test_a_field_that_names_somebody(name: str, expected: str) -> None:
    assert People(Vault()).who(name) == expected


def test_who_is_known_is_found_elsewhere() -> None:
    vault = Vault()
    people = People(vault, ("cuic",))
    for name in ("jane@host.test/desktop", "1002", "finesse@host.test", "10.0.0.1", "CUIC", ""):
        people.remember(name)
    assert vault.sweep("jane, 1002, finesse, 10.0.0.1, cuic") == (
        "person-1, person-2, finesse, 10.0.0.1, cuic"
    )


def test_kinds_are_counted() -> None:
    vault = Vault()
    People(vault).text("1001@h /User/1001 tel:5551234 <wrapUpReason>x y</wrapUpReason>")
    assert vault.counts == {
        SecretKind.PERSON: 2,
        SecretKind.NUMBER: 1,
        SecretKind.CALL_DATA: 1,
    }


HOSTILE = (
    "<nick>",
    "<nick ",
    "&lt;nick&gt;",
    "&amp;",
    "%%",
    '"user":"',
    "user='",
    "user=",
    "user",
    "a@",
    "a" * 50,
    "%40",
    "+1 2 3 4 ",
    "/User/",
    "<value>callvar",
    '"name":"nick","value":"',
    "<name>nick</name>",
    "\\" * 9 + '"user\\":\\"',
    "tel:",
    "<agent><name>",
    "</agent>",
    "<item name='a@b",
    "<body>",
    "<callVariable1>",
    "<body><![CDATA[",
    '"users":[',
    '"users":["a",',
    "a'b#",
    "{[",
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_text_alone(unit: str) -> None:
    def took(count: int) -> float:
        text = unit * count
        best = 9.0
        for _ in range(3):
            people = People(Vault())
            start = time.process_time()
            people.text(text)
            people.written(text)
            best = min(best, time.process_time() - start)
        return best

    assert took(5_000) < 30 * took(500) + 0.05
