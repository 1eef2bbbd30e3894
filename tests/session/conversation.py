"""Hand-made conversations as the events that the tower would make of them."""

import base64
from collections.abc import Iterable, Sequence

from analyzer.model.events import Event
from analyzer.model.flow import Connection, DirectionFacts, EndCause, Endpoint
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.profile import Profile
from analyzer.model.session import SeenIn, Session, StepName
from analyzer.model.source import Direction, HarSource, PacketSource, Side, Source
from analyzer.model.websocket import Frame, Message, MessageKind, Opcode, SocketEnd, Upgrade
from analyzer.protocol.xmpp import XmppFraming
from analyzer.session.build import Builder

PROFILE = Profile(
    name="finesse",
    title="Finesse",
    ports=(8445,),
    steps=tuple(step.value for step in StepName),
    late_ms={"upgrade": 2_000, "open": 2_000, "auth": 3_000, "presence": 5_000, "pubsub": 2_000},
    presence_peers=("finesse", "cuic."),
    resource="desktop",
)

START_NS = 1_767_225_600_000_000_000
JID = "agent1@example.test/desktop"
NODE = "/finesse/api/User/agent1"

Line = tuple[float, str, str]
"""Seconds, "C>" or "S>", one message."""


def ns(seconds: float) -> int:
    """Seconds of a conversation as nanoseconds since 1970."""
    return START_NS + round(seconds * 1e9)


def at(seconds: float | None, *, har: bool = False) -> Source:
    """Where something stands that happened then."""
    time_ns = None if seconds is None else ns(seconds)
    number = 0 if seconds is None else round(seconds * 1000)
    if har:
        return HarSource(0, 0, number, time_ns)
    return PacketSource(0, number, number, time_ns)


def way(sign: str) -> Direction:
    """The direction of "C>" or "S>"."""
    return Direction(sign)


OPEN = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>"
OPENED = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a1'/>"
CLOSE = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
AVAILABLE = "<presence xmlns='jabber:client'/>"
UNAVAILABLE = "<presence xmlns='jabber:client' type='unavailable'/>"
PEER = f"<presence xmlns='jabber:client' from='finesse@example.test/x' to='{JID}'/>"
SUCCESS = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"


def features(inside: str) -> str:
    """Stream features."""
    return f"<stream:features xmlns:stream='http://etherx.jabber.org/streams'>{inside}</stream:features>"


OFFER = features(
    "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
)
OFFER_BIND = features("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")


def auth(name: str = "agent1", password: str = "1234", mechanism: str = "PLAIN") -> str:
    """An `<auth/>`."""
    text = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
    return f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{mechanism}'>{text}</auth>"


def failure(condition: str) -> str:
    """A SASL failure."""
    return f"<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><{condition}/></failure>"


def stream_error(condition: str) -> str:
    """A stream error."""
    return (
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>"
        f"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    )


def iq(kind: str, name: str, inside: str = "", attributes: str = "") -> str:
    """An iq of an id."""
    return f"<iq xmlns='jabber:client' type='{kind}' id='{name}' {attributes}>{inside}</iq>"


def error(condition: str, extra: str = "") -> str:
    """What an iq or a presence of type error holds."""
    return (
        f"<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
        f"{extra}</error>"
    )


BIND = iq(
    "set",
    "b1",
    "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind>",
)
BOUND = iq(
    "result", "b1", f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{JID}</jid></bind>"
)
SESSION = iq("set", "s1", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>")
SESSION_DONE = iq("result", "s1")


def pubsub(action: str, name: str, kind: str = "set", node: str = NODE) -> str:
    """A subscribe or unsubscribe request, or the result of one."""
    state = " subscription='subscribed'" if action == "subscription" else ""
    return iq(
        kind,
        name,
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        f"<{action} node='{node}' jid='{JID}'{state}/></pubsub>",
        "to='pubsub.example.test'" if kind == "set" else "",
    )


def event(item: str = "1", inside: str = "", node: str = NODE) -> str:
    """A pubsub event with one item."""
    return (
        f"<message xmlns='jabber:client' from='pubsub.example.test' to='{JID}'>"
        "<event xmlns='http://jabber.org/protocol/pubsub#event'>"
        f"<items node='{node}'><item id='{item}'>{inside}</item></items></event></message>"
    )


def ping(name: str) -> str:
    """A ping request."""
    return iq("get", name, "<ping xmlns='urn:xmpp:ping'/>", "to='example.test'")


_LOGIN: tuple[tuple[StepName, tuple[tuple[str, str], ...]], ...] = (
    (StepName.UPGRADE, ()),
    (StepName.OPEN, (("C>", OPEN), ("S>", OPENED), ("S>", OFFER))),
    (StepName.AUTH, (("C>", auth()), ("S>", SUCCESS))),
    (
        StepName.BIND,
        (("C>", OPEN), ("S>", OPENED), ("S>", OFFER_BIND), ("C>", BIND), ("S>", BOUND)),
    ),
    (StepName.SESSION, (("C>", SESSION), ("S>", SESSION_DONE))),
    (StepName.PRESENCE, (("C>", AVAILABLE), ("S>", PEER))),
    (
        StepName.PUBSUB,
        (
            ("C>", pubsub("subscribe", "u1")),
            ("S>", pubsub("subscription", "u1", "result")),
        ),
    ),
    (StepName.LIVE, (("S>", event()), ("C>", ping("p1")), ("S>", iq("result", "p1")))),
)


def login(until: StepName = StepName.LIVE, start: float = 0.0) -> list[Line]:
    """A healthy login up to a step, its messages 0.05 s apart."""
    found: list[Line] = []
    for name, said in _LOGIN:
        for direction, text in said:
            found.append((round(start + 0.05 * len(found), 3), direction, text))
        if name is until:
            break
    return found


GOODBYE: tuple[tuple[str, str], ...] = (("C>", UNAVAILABLE), ("C>", CLOSE), ("S>", CLOSE))


def goodbye(seconds: float) -> list[Line]:
    """An orderly end."""
    return [(round(seconds + 0.01 * n, 3), *said) for n, said in enumerate(GOODBYE)]


def upgrade(
    status: int = 101, *, har: bool = False, error: str | None = None, url: str | None = None
) -> Upgrade:
    """The opening handshake; status 0: no answer."""
    request = Request(
        method="GET",
        url=url or "ws://example.test:7071/ws/?token=x",
        headers=(("Upgrade", "websocket"), ("User-Agent", "Browser/1")),
        source=at(-0.02, har=har),
    )
    response = Response(status=status, source=at(-0.01, har=har)) if status else None
    return Upgrade(
        exchange=Exchange(request=request, response=response, error=error),
        accepted=status == 101,
        subprotocol="xmpp",
        time_ns=ns(-0.01),
    )


def messages(lines: Iterable[Line], *, har: bool = False, timed: bool = True) -> list[Event]:
    """The stanzas of messages, with the frames they came in where packets show them."""
    events: list[Event] = []
    framing = XmppFraming()
    for seconds, direction, text in lines:
        octets, source = text.encode(), at(seconds if timed else None, har=har)
        if not har:
            events.append(frame(seconds, direction, Opcode.TEXT, octets))
        message = Message(
            direction=way(direction), kind=MessageKind.TEXT, payload=octets, source=source
        )
        events += [message, *framing.feed(message)]
    return events


def frame(seconds: float, direction: str, opcode: int, payload: bytes = b"") -> Frame:
    """A WebSocket frame, masked if the client sends it."""
    return Frame(
        direction=way(direction),
        opcode=opcode,
        fin=True,
        rsv=0,
        masking_key=round(seconds * 1000).to_bytes(4) if direction == "C>" else None,
        length_form=7,
        length=len(payload),
        payload=payload,
        offset=0,
        source=at(seconds),
    )


def tcp(
    ended_by: EndCause,
    seconds: float,
    side: Side | None = None,
    *,
    syn: bool = True,
    number: int = 0,
) -> Connection:
    """The last event of a connection that packets show."""
    caused = ended_by in {EndCause.FIN, EndCause.RST}
    return Connection(
        capture=0,
        number=number,
        client=Endpoint("10.0.0.1", 50000),
        server=Endpoint("10.0.0.2", 7071),
        opened_ns=ns(-0.05),
        closed_ns=ns(seconds),
        syn_seen=syn,
        syn_ack_seen=syn,
        connect_ns=10_000_000 if syn else None,
        ended_by=ended_by,
        ended_side=side,
        end_source=at(seconds) if caused else None,
        opened_source=at(-0.05),
        to_server=DirectionFacts(),
        to_client=DirectionFacts(),
    )


def har_end(
    seconds: float | None,
    *,
    is_open: bool | None = False,
    error: str | None = None,
    recorded: bool = True,
) -> list[Event]:
    """The last events of a HAR's socket."""
    cause = {True: EndCause.CAPTURE_END, False: EndCause.CLOSED, None: EndCause.UNKNOWN}[is_open]
    time_ns = None if seconds is None else ns(seconds)
    source = HarSource(0, 0, None, time_ns)
    connection = Connection(
        capture=0,
        number=0,
        server=Endpoint("example.test", 8445),
        opened_ns=ns(-0.05) if seconds is not None else None,
        closed_ns=time_ns,
        ended_by=cause,
        end_source=source,
        opened_source=source,
    )
    end = SocketEnd(
        time_ns=time_ns, open_at_export=is_open, error=error, recorded=recorded, source=source
    )
    return [end, connection]


def built(
    events: Sequence[Event], profile: Profile = PROFILE, *, har: bool = False
) -> list[Session]:
    """The sessions of one connection."""
    builder = Builder(0, SeenIn.HAR if har else SeenIn.PACKETS, profile)
    return builder.feed(0, list(events)) + builder.finish()


def session(
    lines: Iterable[Line],
    end: Iterable[Event] | None = None,
    *,
    profile: Profile = PROFILE,
    har: bool = False,
    before: Iterable[Event] | None = None,
) -> Session:
    """
    The session of a conversation.

    Args:
        lines: Its messages.
        end: Events behind them; a FIN of the client, or a closed socket, where none are given.
        profile: What is expected of it.
        har: Recorded by a browser.
        before: Events in front; the accepted upgrade where none are given.
    """
    said = list(lines)
    last = said[-1][0] + 0.01 if said else 1.0
    if end is None:
        end = har_end(last) if har else [tcp(EndCause.FIN, last, Side.CLIENT)]
    first = [upgrade(har=har)] if before is None else list(before)
    (one,) = built([*first, *messages(said, har=har), *end], profile, har=har)
    return one


def statuses(one: Session) -> dict[str, str]:
    """Step → status."""
    return {step.name.value: step.status.value for step in one.steps}
