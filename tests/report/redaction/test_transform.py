"""Every string of a report is walked through, and nothing else is touched."""

from msgspec.structs import replace

from analyzer.model.packed import pack, unpack
from analyzer.model.source import Direction
from analyzer.model.websocket import Opcode
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.report.redaction.transform import Transform, text_of
from tests.report.reports import (
    control,
    finding,
    har_place,
    har_session,
    packet,
    refused,
    stanza,
)


class Shout(Transform):
    """Makes every string loud, and counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def text(self, text: str) -> str:
        self.asked.append(text)
        return text.replace("quiet", "LOUD")


def test_strings_change_wherever_they_stand() -> None:
    report = refused(
        sessions=(har_session(agent="quiet", stanzas=(_stanza("<quiet/>"),)),),
        findings=(finding("SA-007", values={"user": "quiet", "count": 3}),),
    )
    loud = Shout().walk(report)
    (session,) = loud.sessions
    assert session.agent == "LOUD"
    assert session.stanzas[0].octets == b"<LOUD/>"
    assert loud.findings[0].values == {"user": "LOUD", "count": 3}
    assert loud.findings[0].rule_id == "SA-007"
    assert loud.verdict is report.verdict


def test_what_does_not_change_stays_the_same_object() -> None:
    report = refused()
    assert Shout().walk(report.findings) is report.findings
    assert Shout().walk(report.recordings) is report.recordings


def test_a_clean_string_is_asked_for_once() -> None:
    shout = Shout()
    shout.walk(("same", "same", "quiet", "quiet"))
    assert shout.asked == ["same", "quiet", "quiet"]


def test_few_strings_are_remembered() -> None:
    shout = Shout()
    shout.walk(tuple(str(number) for number in range(20_001)))
    shout.asked.clear()
    shout.walk(("20000", "5"))
    assert shout.asked == ["5"]


def test_packed_stanzas_are_unpacked_one_pack_at_a_time() -> None:
    packed = pack([_stanza("<quiet/>"), _stanza("<b/>")])
    session = replace(har_session(), packed=packed)
    (loud,) = Shout().walk((session,))
    assert [s.octets for s in unpack(loud.packed)] == [b"<LOUD/>", b"<b/>"]


def test_of_control_frames_only_the_reason_of_a_close_stays() -> None:
    close, ping = (
        control(Direction.TO_CLIENT, opcode, b"\x03\xf4quiet", packet(1))
        for opcode in (Opcode.CLOSE, Opcode.PING)
    )
    loud = Shout().walk((close, ping))
    assert [frame.payload for frame in loud] == [b"\x03\xf4LOUD", b""]


def test_octets_that_are_no_text_come_as_escapes() -> None:
    assert text_of(b"a\xff") == "a\\xff"
    assert Shout().walk(b"a\xc3\xbc") == "aü".encode()


def _stanza(text: str) -> Stanza:
    return stanza("S>", StanzaKind.OTHER, text, har_place(1, 0))
