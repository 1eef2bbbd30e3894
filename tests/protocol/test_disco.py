"""Golden vectors of entity capabilities, and what makes an answer ill-formed (XEP-0115)."""

import pytest

from analyzer.model.disco import VER_OCTETS, DiscoInfo
from analyzer.protocol.disco import disco_of
from analyzer.protocol.xml import Flaw, parse

INFO = "http://jabber.org/protocol/disco#info"
PROTOCOL = "http://jabber.org/protocol/"

EXODUS = """
<identity category='client' type='pc' name='Exodus 0.9.1'/>
<feature var='http://jabber.org/protocol/muc'/>
<feature var='http://jabber.org/protocol/disco#items'/>
<feature var='http://jabber.org/protocol/disco#info'/>
<feature var='http://jabber.org/protocol/caps'/>
"""

FORM = """
<x xmlns='jabber:x:data' type='result'>
 <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
 <field var='ip_version'><value>ipv6</value><value>ipv4</value></field>
 <field var='software_version'><value>0.11</value></field>
 <field var='software'><value>Psi</value></field>
 <field var='os'><value>Mac</value></field>
 <field var='os_version'><value>10.5.1</value></field>
</x>
"""

PSI = (
    """
<identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
<feature var='http://jabber.org/protocol/caps'/>
<feature var='http://jabber.org/protocol/disco#info'/>
<feature var='http://jabber.org/protocol/disco#items'/>
<feature var='http://jabber.org/protocol/muc'/>
"""
    + FORM
)

SMACK = "<identity category='client' type='pc' name='Smack'/>" + "".join(
    f"<feature var='{name}'/>"
    for name in (
        *(
            PROTOCOL + name
            for name in (
                "bytestreams",
                "caps",
                "commands",
                "disco#info",
                "disco#items",
                "muc",
                "xdata-layout",
                "xdata-validate",
                "xhtml-im",
            )
        ),
        "jabber:iq:last",
        "jabber:iq:privacy",
        "jabber:iq:version",
        "jabber:x:data",
        "urn:xmpp:ping",
        "urn:xmpp:receipts",
        "urn:xmpp:time",
        "vcard-temp",
    )
)


def said(children: str, node: str = "") -> DiscoInfo:
    attribute = f" node='{node}'" if node else ""
    element = parse(f"<query xmlns='{INFO}'{attribute}>{children}</query>".encode())
    assert not isinstance(element, Flaw)
    return disco_of(element)


@pytest.mark.parametrize(
    ("children", "ver"),
    [
        (EXODUS, "QgayPKawpkPSDYmwT/WM94uAlu0="),  # XEP-0115 section 5.2
        (PSI, "q07IKJEyjvHSyhy//CH0CxmKi8w="),  # XEP-0115 section 5.3
        (SMACK, "NfJ3flI83zSdUDzCEICtbypursw="),  # what a Finesse server says of itself
    ],
)
def test_golden_vectors(children: str, ver: str) -> None:
    info = said(children)
    assert info.vers["sha-1"] == ver
    assert info.vers.keys() == VER_OCTETS.keys()
    assert info.problem is None


def test_a_question_has_no_hash() -> None:
    assert said("", node="n#v") == DiscoInfo(node="n#v")
    assert said("") == DiscoInfo()


OTHER_KIND = "<field var='FORM_TYPE' type='hidden'><value>{}</value></field>"


@pytest.mark.parametrize(
    ("children", "problem"),
    [
        (EXODUS + "<feature var='http://jabber.org/protocol/muc'/>", "feature twice"),
        (EXODUS + "<identity category='client' type='pc' name='Exodus 0.9.1'/>", "identity twice"),
        (EXODUS + FORM + FORM, "form twice"),
        (
            f"<x xmlns='jabber:x:data'>{OTHER_KIND.format('a')}{OTHER_KIND.format('b')}</x>",
            "two FORM_TYPEs in a form",
        ),
        (f"<x xmlns='jabber:x:data'>{OTHER_KIND.format('a') * 2}</x>", None),
    ],
)
def test_what_is_ill_formed(children: str, problem: str | None) -> None:
    assert said(children).problem == problem


def test_a_form_of_no_kind_is_passed_over() -> None:
    """Without FORM_TYPE, or with one that is not hidden (XEP-0115 section 5.4)."""
    loose = "<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>a</value></field></x>"
    other = "<x xmlns='jabber:x:data'><field var='os'><value>Mac</value></field></x>"
    assert said(EXODUS + loose + other + "<other/>").vers == said(EXODUS).vers


def test_forms_are_hashed_in_the_order_of_their_kinds() -> None:
    one, two = (f"<x xmlns='jabber:x:data'>{OTHER_KIND.format(kind)}</x>" for kind in "ab")
    assert said(one + two) == said(two + one)


def test_attributes_may_be_missing() -> None:
    assert said("<identity/><feature/>").vers == said("<feature/><identity/>").vers
