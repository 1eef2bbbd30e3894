"""A ping without answer, another one, and then nothing: the desktop gave the session up."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, PingTrip, Session
from ...model.source import Direction, Side
from ...model.xmpp import StanzaKind
from ..consequences import GIVEN_UP
from ..ping.trips import acknowledged
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
        back = last.answered_ns or first.answered_ns
        taken, party = acknowledged(session, first.asked_ns)
        values: dict[str, Value] = {
            "silence_s": seconds(gap),
            "acknowledged": taken,
            "answer_s": seconds(back - (first.asked_ns or 0)) if back else "never",
        }
        yield Hit((last.source, first.source), values, party=party)


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
    cause="The desktop sent a ping, had no answer after {silence_s} s, sent another one, and fell "
    "silent: so it declares the connection lost, without closing the socket. Then it polls "
    "SystemInfo every 20 s for a node to go to; the agent sees the banner. Seconds until the "
    "answer: {answer_s!t}. The server's TCP acknowledged the pings: {acknowledged!t}. If yes, they "
    "arrived, and Openfire, or a proxy before it, stood still. If no, the network lost them.",
    remedy="1. Many agents in the same second: the server. 2. If they were acknowledged: on the "
    "node check CPU, memory and garbage collection (RTMT), snapshots and vMotion, and the openfire "
    "log (file get activelog desktop recurs compress). 3. If not: look at Wi-Fi, VPN, firewall and "
    "proxy at this time, and capture on both ends (server: utils network capture file NAME count "
    "100000 size all host ip CLIENT). 4. If that is unknown: capture on the PC.",
    reference="XEP-0199 §4.2; Cisco DevNet, Finesse: EventTunnel",
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
