"""Reports made by hand: to test this room no other is needed."""

import base64
from collections.abc import Callable

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.diagnosis import Bring, Party, RuledOut, Suspect
from analyzer.model.flow import Connection, DirectionFacts, EndCause, Endpoint, Gap, GapReason
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.profile import Profile
from analyzer.model.recording import HarFacts, Kind, PacketFacts, Recording, Secret
from analyzer.model.report import Outcome, Report, RuleText, Verdict
from analyzer.model.rule import Confidence, Effect, Finding, Severity, Skipped
from analyzer.model.session import (
    Carrier,
    CloseKind,
    Needs,
    PingTrip,
    SeenIn,
    Session,
    SessionClose,
    Step,
    StepName,
    StepStatus,
)
from analyzer.model.source import Direction, HarSource, PacketSource, Side, Source
from analyzer.model.websocket import Frame, Opcode, Upgrade
from analyzer.model.xmpp import (
    Auth,
    Features,
    Open,
    Ping,
    SaslFailure,
    Stanza,
    StanzaKind,
)

START_NS = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z."""

PASSWORD = "Tr0ub4dor&3"

PROFILE = Profile(
    name="finesse",
    title="Finesse",
    ports=(7071,),
    steps=("open", "auth"),
    presence_peers=("finesse",),
)

SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


def packet(number: int, seconds: float = 0.0, capture: int = 0) -> PacketSource:
    return PacketSource(capture, number, number, START_NS + round(seconds * 1e9))


def entry(message: int | None, seconds: float = 0.0, capture: int = 0) -> HarSource:
    return HarSource(capture, 3, message, START_NS + round(seconds * 1e9))


def plain(password: str = PASSWORD, user: str = "agent1001") -> str:
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def auth_text(password: str = PASSWORD) -> str:
    return f"<auth xmlns='{SASL}' mechanism='PLAIN'>{plain(password)}</auth>"


def stanza(direction: str, kind: StanzaKind, text: str, source: Source, **fields: object) -> Stanza:
    octets = text.encode()
    return Stanza(
        direction=Direction(direction),
        kind=kind,
        octets=octets,
        length=len(octets),
        source=source,
        **fields,  # type: ignore[arg-type]
    )


def login(place: Callable[[int, float], Source]) -> tuple[Stanza, ...]:
    """A login refused: open, features, PLAIN, failure."""
    framing = "urn:ietf:params:xml:ns:xmpp-framing"
    return (
        stanza(
            "C>",
            StanzaKind.OPEN,
            f"<open xmlns='{framing}' to='finesse.example.test' version='1.0'/>",
            place(1, 0.1),
            payload=Open(to="finesse.example.test", version="1.0"),
        ),
        stanza(
            "S>",
            StanzaKind.FEATURES,
            "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>"
            f"<mechanisms xmlns='{SASL}'><mechanism>PLAIN</mechanism></mechanisms>"
            "</stream:features>",
            place(2, 0.12),
            payload=Features(mechanisms=("PLAIN",)),
        ),
        stanza(
            "C>",
            StanzaKind.AUTH,
            auth_text(),
            place(3, 0.2),
            payload=Auth(mechanism="PLAIN", authcid="agent1001", secret_octets=len(PASSWORD)),
        ),
        stanza(
            "S>",
            StanzaKind.FAILURE,
            f"<failure xmlns='{SASL}'><not-authorized/></failure>",
            place(4, 0.35),
            payload=SaslFailure(condition="not-authorized"),
        ),
    )


def har_place(number: int, seconds: float) -> Source:
    return entry(number - 1, seconds)


def packet_place(number: int, seconds: float) -> Source:
    return packet(number * 10, seconds, 1)


def upgrade(source: Source, headers: tuple[tuple[str, str], ...] = ()) -> Upgrade:
    return Upgrade(
        exchange=Exchange(
            request=Request(
                method="GET",
                url="ws://finesse.example.test:7071/ws/",
                version="HTTP/1.1",
                headers=(("Host", "finesse.example.test:7071"), *headers),
                source=source,
            ),
            response=Response(
                status=101,
                reason="Switching Protocols",
                version="HTTP/1.1",
                headers=(("Server", "nginx"), ("Upgrade", "websocket")),
                source=source,
            ),
        ),
        accepted=True,
        subprotocol="xmpp",
        extensions="permessage-deflate",
        time_ns=source.time_ns,
    )


def refused_steps(stanzas: tuple[Stanza, ...]) -> tuple[Step, ...]:
    first, features, auth, failure = (stanza.source for stanza in stanzas[:4])
    return (
        Step(name=StepName.CONNECT, status=StepStatus.NOT_CAPTURED),
        Step(name=StepName.UPGRADE, status=StepStatus.DONE, asked=first, latency_ns=40_000_000),
        Step(
            name=StepName.OPEN,
            status=StepStatus.DONE,
            asked=first,
            answered=features,
            latency_ns=20_000_000,
        ),
        Step(
            name=StepName.AUTH,
            status=StepStatus.FAILED,
            asked=auth,
            answered=failure,
            latency_ns=150_000_000,
            detail="not-authorized",
        ),
        Step(name=StepName.BIND, status=StepStatus.MISSING),
        Step(name=StepName.PRESENCE, status=StepStatus.LATE, latency_ns=10_300_000_000),
    )


def har_session(**fields: object) -> Session:
    stanzas = login(har_place)
    values: dict[str, object] = {
        "capture": 0,
        "number": 1,
        "carrier": Carrier.WEBSOCKET,
        "seen_in": SeenIn.HAR,
        "can_see": frozenset({Needs.MESSAGES, Needs.HTTP}),
        "profile": PROFILE,
        "agent": "agent1001",
        "domain": "finesse.example.test",
        "server": "finesse.example.test:7071",
        "url": "ws://finesse.example.test:7071/ws/",
        "user_agent": "Mozilla/5.0 Chrome/156.0",
        "encrypted": False,
        "started_ns": START_NS,
        "ended_ns": START_NS + 1_400_000_000,
        "upgrade": upgrade(entry(None)),
        "steps": refused_steps(stanzas),
        "stanzas": stanzas,
        "stanza_count": len(stanzas),
        "close": SessionClose(
            kind=CloseKind.CLOSED, idle_ns=1_050_000_000, source=entry(None, 1.4)
        ),
    }
    return Session(**(values | fields))  # type: ignore[arg-type]


def packet_session(**fields: object) -> Session:
    """The same login, as packets: with frames, pings, a hole and the end of the connection."""
    stanzas = login(packet_place)
    ping = stanza(
        "C>",
        StanzaKind.IQ,
        "<iq type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>",
        packet(60, 5, 1),
        id="p1",
        type="get",
        payload=Ping(),
    )
    values: dict[str, object] = {
        "capture": 1,
        "number": 2,
        "seen_in": SeenIn.PACKETS,
        "connection": Connection(
            capture=1,
            number=0,
            client=Endpoint("10.0.0.1", 50_000),
            server=Endpoint("2001:db8::7", 7071),
            opened_ns=START_NS,
            closed_ns=START_NS + 6_000_000_000,
            syn_seen=True,
            syn_ack_seen=True,
            connect_ns=9_000_000,
            ended_by=EndCause.RST,
            ended_side=Side.SERVER,
            end_source=packet(90, 6, 1),
            opened_source=packet(1, 0, 1),
            to_server=DirectionFacts(packets=20, octets=3_000),
            to_client=DirectionFacts(packets=22, octets=9_000, lost=1_460),
        ),
        "stanzas": (*stanzas, ping),
        "stanza_count": 5,
        "steps": refused_steps(stanzas),
        "pings": (
            PingTrip(
                by=Side.CLIENT, id="p1", asked_ns=START_NS, answered_ns=None, source=ping.source
            ),
        ),
        "close": SessionClose(
            kind=CloseKind.WEBSOCKET_CLOSE,
            by=Side.SERVER,
            orderly=False,
            code=1012,
            reason="restart",
            time_ns=START_NS + 6_000_000_000,
            tcp=EndCause.RST,
            source=packet(80, 5.9, 1),
        ),
        "control_frames": (
            control(Direction.TO_CLIENT, Opcode.PING, b"abc", packet(70, 5.5, 1)),
            control(Direction.TO_SERVER, Opcode.PONG, b"abc", packet(71, 5.51, 1)),
            control(Direction.TO_CLIENT, Opcode.CLOSE, b"\x03\xf4restart", packet(80, 5.9, 1)),
        ),
        "gaps": (Gap(Direction.TO_CLIENT, 4_000, 1_460, GapReason.LOST, packet(65, 5.2, 1)),),
        "anomalies": (
            Anomaly(
                code=AnomalyCode.LIMIT, values={"limit": "MESSAGE_OCTETS"}, source=packet(9, 0, 1)
            ),
            Anomaly(
                code=AnomalyCode.WS_RSV,
                direction=Direction.TO_CLIENT,
                length=4,
                source=packet(66, 0, 1),
            ),
        ),
    }
    return har_session(**(values | fields))


def control(direction: Direction, opcode: Opcode, payload: bytes, source: Source) -> Frame:
    return Frame(
        direction=direction,
        opcode=opcode,
        fin=True,
        rsv=0,
        masking_key=None,
        length_form=7,
        length=len(payload),
        payload=payload,
        offset=0,
        source=source,
    )


def har_recording(**fields: object) -> Recording:
    values: dict[str, object] = {
        "capture": 0,
        "name": "session.har",
        "sha256": "ab" * 32,
        "octets": 12_345,
        "format": "HAR",
        "kind": Kind.HAR,
        "har": HarFacts(
            producer="WebInspector 537.36",
            browser="Chrome 156",
            entries=12,
            sanitized=False,
            first_ns=START_NS,
            last_ns=START_NS + 2_000_000_000,
        ),
        "sessions": (1,),
        "secrets": {Secret.SASL_PASSWORD: 1},
    }
    return Recording(**(values | fields))  # type: ignore[arg-type]


def packet_recording(**fields: object) -> Recording:
    values: dict[str, object] = {
        "capture": 1,
        "name": "capture.pcapng",
        "format": "pcapng",
        "kind": Kind.PACKETS,
        "har": None,
        "packets": PacketFacts(
            packets=42,
            cut=3,
            snaplen=96,
            dropped=1,
            link_types={"Ethernet": 42},
            undecoded={"UDP": 2},
            connections=2,
            followed=1,
            first_ns=START_NS,
            last_ns=START_NS + 6_000_000_000,
        ),
        "sessions": (2,),
        "secrets": {},
    }
    return har_recording(**(values | fields))


TEXTS = {
    "SA-007": RuleText(
        title="The server refused the user name or password of {user}",
        cause="The answer to {mechanism} was {condition}: name and password do not match.",
        remedy="Have {user} sign in with the right password; after several tries look for a lock.",
        reference="RFC 6120 section 6.5.10",
    ),
    "CQ-007": RuleText(
        title="The recording holds {count} password(s)",
        cause="PLAIN sends the password itself.",
        remedy="Change it, and pass the report on rather than the recording.",
        reference="RFC 4616 section 4",
    ),
    "CO-004": RuleText(
        title="The connection was reset after {idle_s:.1f} s",
        cause="Somebody cut it.",
        remedy="1. Look at {where}. 2. Ask who runs it.",
        reference="RFC 9293 section 3.5.3",
    ),
}


def finding(rule_id: str, **fields: object) -> Finding:
    values: dict[str, object] = {
        "rule_id": rule_id,
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "effect": Effect.BREAKS,
        "capture": 0,
        "session": 1,
        "evidence": (har_place(4, 0.35), har_place(3, 0.2)),
        "values": {"user": "agent1001", "mechanism": "PLAIN", "condition": "not-authorized"},
    }
    return Finding(**(values | fields))  # type: ignore[arg-type]


def refused(**fields: object) -> Report:
    """Broken at auth, with everything a report can hold."""
    values: dict[str, object] = {
        "tool_version": "0.1.0",
        "profile": "finesse",
        "verdict": Verdict(
            outcome=Outcome.BROKEN,
            step=StepName.AUTH,
            cause="SA-007",
            session=1,
            finding=0,
            confidence=Confidence.HIGH,
            party=Party.CLIENT,
            causes=(0,),
            ruled_out=(RuledOut(suspect=Suspect.UPGRADE, evidence=(entry(None),)),),
            bring=(Bring.SERVER_CAPTURE,),
        ),
        "recordings": (har_recording(), packet_recording()),
        "sessions": (har_session(), packet_session()),
        "findings": (
            finding("SA-007"),
            finding(
                "CO-004",
                capture=1,
                session=2,
                confidence=Confidence.MEDIUM,
                severity=Severity.WARNING,
                evidence=(packet(90, 6, 1), PacketSource(1, 85, 88, START_NS)),
                values={"idle_s": 5.25, "where": "the proxy"},
                explained_by="SA-007",
            ),
            finding(
                "CQ-007",
                session=None,
                severity=Severity.INFO,
                effect=Effect.NONE,
                evidence=(har_place(3, 0.2),),
                values={"count": 1},
            ),
        ),
        "skipped": (
            Skipped(rule_id="WS-002", session=1, lacking=(Needs.FRAMES, Needs.PACKETS)),
            Skipped(rule_id="CQ-002", session=None, lacking=(Needs.PACKETS,)),
        ),
        "rules_run": ("CO-004", "CQ-007", "SA-007"),
        "texts": TEXTS,
    }
    return Report(**(values | fields))  # type: ignore[arg-type]


def healthy(**fields: object) -> Report:
    """Nothing wrong, one session."""
    steps = tuple(
        Step(name=name, status=StepStatus.DONE, latency_ns=12_000_000)
        for name in (StepName.OPEN, StepName.AUTH, StepName.LIVE)
    )
    values: dict[str, object] = {
        "verdict": Verdict(outcome=Outcome.HEALTHY),
        "recordings": (har_recording(),),
        "sessions": (har_session(steps=steps),),
        "findings": (),
        "skipped": (),
    }
    return refused(**(values | fields))


def blind(**fields: object) -> Report:
    """No session at all."""
    values: dict[str, object] = {
        "verdict": Verdict(outcome=Outcome.INCONCLUSIVE),
        "sessions": (),
        "recordings": (har_recording(sessions=()),),
    }
    return healthy(**(values | fields))
