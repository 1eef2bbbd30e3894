"""There is always a place to point at."""

from msgspec.structs import replace

from analyzer.model.flow import Connection, EndCause, Endpoint
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.recording import HarFacts, Kind, PacketFacts, Recording
from analyzer.model.session import CloseKind, SessionClose, Step, StepName, StepStatus
from analyzer.model.source import HarSource, PacketSource, Side
from analyzer.model.websocket import Upgrade
from analyzer.model.xmpp import StanzaKind
from analyzer.rules import evidence
from tests.rules.said import place, session, stanza

EMPTY = session()
TALK = session(
    stanza(Side.CLIENT, StanzaKind.OPEN, at=place(3)), stanza(Side.SERVER, StanzaKind.OPEN)
)


def upgrade(request: bool, response: bool) -> Upgrade:
    exchange = Exchange(
        request=Request(method="GET", url="/", source=place(7)) if request else None,
        response=Response(status=101, source=place(8)) if response else None,
    )
    return Upgrade(exchange=exchange, accepted=True)


def test_beginning() -> None:
    assert evidence.beginning(replace(TALK, upgrade=upgrade(True, True))) == place(7)
    assert evidence.beginning(replace(TALK, upgrade=upgrade(False, True))) == place(8)
    assert evidence.beginning(replace(TALK, upgrade=upgrade(False, False))) == place(3)
    assert evidence.beginning(TALK) == place(3)
    assert evidence.beginning(replace(EMPTY, started_ns=5)) == PacketSource(0, 0, 0, 5)


def test_beginning_of_a_connection_without_a_word() -> None:
    opened = PacketSource(0, 4, 4, 9)
    connection = Connection(
        capture=0,
        number=0,
        server=Endpoint("h", 1),
        opened_ns=9,
        closed_ns=9,
        ended_by=EndCause.RST,
        opened_source=opened,
    )
    assert evidence.beginning(replace(EMPTY, connection=connection)) == opened
    bare = replace(connection, opened_source=None)
    assert evidence.beginning(replace(EMPTY, connection=bare)) == PacketSource(0, 0, 0, None)


def test_ending() -> None:
    close = SessionClose(kind=CloseKind.RST, source=place(9))
    assert evidence.ending(replace(TALK, close=close)) == place(9)
    assert evidence.ending(TALK) == TALK.stanzas[-1].source
    assert evidence.ending(EMPTY) == evidence.beginning(EMPTY)


def test_of_step() -> None:
    step = Step(name=StepName.AUTH, status=StepStatus.DONE, asked=place(1), answered=place(2))
    assert evidence.of_step(TALK, step) == place(2)
    assert evidence.of_step(TALK, replace(step, answered=None)) == place(1)
    assert evidence.of_step(TALK, replace(step, answered=None, asked=None)) == place(3)


def test_whole() -> None:
    recording = Recording(
        capture=2, name="x", sha256="", octets=0, format="pcap", kind=Kind.PACKETS
    )
    packets = replace(recording, packets=PacketFacts(packets=9, last_ns=5))
    assert evidence.whole(packets) == PacketSource(2, 1, 9, 5)
    assert evidence.whole(replace(recording, packets=PacketFacts())) == PacketSource(2, 0, 0, None)
    har = replace(recording, har=HarFacts(first_ns=3))
    assert evidence.whole(har) == HarSource(2, 0, None, 3)
    assert evidence.whole(recording) == HarSource(2, 0, None, None)
