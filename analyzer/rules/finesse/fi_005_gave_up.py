"""A ping without answer, another one, and then nothing: the desktop gave the session up."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, PingTrip, Session
from ...model.source import Direction, Side
from ...model.xmpp import StanzaKind
from ..consequences import GIVEN_UP
from ..progress import Holes, seconds


def _check(session: Session) -> Iterator[Hit]:
    asked = [p for p in session.pings if p.by is Side.CLIENT and not p.framed and p.asked_ns]
    if len(asked) < 2 or Holes(session).between(asked[-2].asked_ns):
        return
    first, last = asked[-2:]
    gap = (last.asked_ns or 0) - (first.asked_ns or 0)
    # The timer of a browser may tick a little early.
    due = session.profile.ping_timeout_ms * 900_000
    if gap >= due and not _answered_by(first, last.asked_ns or 0) and _is_last_word(session, last):
        facts = session.connection.to_server if session.connection is not None else None
        back = last.answered_ns or first.answered_ns
        values: dict[str, Value] = {
            "silence_s": seconds(gap),
            "retransmitted": facts.retransmitted if facts is not None else "unknown",
            "answer_s": seconds(back - (first.asked_ns or 0)) if back else "never",
        }
        yield Hit((last.source, first.source), values)


def _answered_by(ping: PingTrip, time_ns: int) -> bool:
    return ping.answered_ns is not None and ping.answered_ns <= time_ns


def _is_last_word(session: Session, ping: PingTrip) -> bool:
    sent = [s for s in session.stanzas if s.direction is Direction.TO_SERVER]
    while sent and (sent[-1].kind is StanzaKind.CLOSE or sent[-1].type == "unavailable"):
        sent.pop()
    return bool(sent) and sent[-1].source == ping.source


RULE = Rule(
    id="FI-005",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The desktop gave up: its ping was not answered for {silence_s} s",
    cause="Ping, {silence_s} s without its answer, one more ping, then silence: this is how the "
    "desktop declares the connection lost, at the second ping and without closing the socket. From "
    "here on it polls SystemInfo every 20 s and looks for a node to go to; the agent sees the "
    "banner of a lost connection. The answer came after: {answer_s} s. Either the network lost the "
    "way, or Openfire stood still (garbage collection, a host that stalls, a snapshot). Octets "
    "sent again by the client in this connection: {retransmitted}.",
    remedy="In a packet capture from the PC look behind the first of the two pings. Sent again "
    "without an acknowledgement = network: Wi-Fi, VPN, firewall, proxy. Acknowledged but not "
    "answered = server: on the node check CPU, memory and garbage collection in RTMT, snapshots "
    "and vMotion of the virtual machine at this time, and the openfire log (file get activelog "
    "desktop recurs compress). If many agents gave up in the same second, it is the server.",
    reference="XEP-0199 §4.1; Cisco DevNet, Finesse: EventTunnel (ping interval 10 s, 2 retries)",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    explains=GIVEN_UP,
    check=_check,
    fires_on=(
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        20.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        22.0 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        23.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        11.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
    ),
)
