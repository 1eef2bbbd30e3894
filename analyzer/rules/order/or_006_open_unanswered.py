"""A stream that the server does not open (RFC 6120 section 4.2, RFC 7395 section 3.4)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ...model.source import Direction
from ...model.xmpp import Stanza, StanzaKind
from ..consequences import ENDINGS
from ..progress import seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    step, waiting = session.stopped_at(), _waiting(session)
    if step is not None and step.name in {StepName.OPEN, StepName.BIND} and waiting is not None:
        waited = seconds(until_end(session, waiting.source))
        yield Hit((waiting.source,), {"waited_s": waited, "server": session.server})


def _waiting(session: Session) -> Stanza | None:
    """The client's last `<open/>`, the one behind `<success/>` included, if nothing answered it."""
    waiting: Stanza | None = None
    for stanza in session.negotiation:
        if stanza.kind is StanzaKind.OPEN:
            waiting = stanza if stanza.direction is Direction.TO_SERVER else None
        elif stanza.kind in {StanzaKind.STREAM_ERROR, StanzaKind.CLOSE}:
            waiting = None
    return waiting


RULE = Rule(
    id="OR-006",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} accepted the connection but never opened its stream",
    cause="The client opened the stream (<open/>; on TCP <stream:stream>), and in {waited_s} s no "
    "header, no features and no error came back. Either a proxy took the connection (and answered "
    "the upgrade to WebSocket) itself and does not reach Openfire behind it, or Openfire accepted "
    "the socket and hangs (still starting, out of memory, in a long garbage collection).",
    remedy="1. On the Finesse node run utils service list: Cisco Finesse Notification Service "
    "(UCCX: Cisco Unified CCX Notification Service) must be STARTED. 2. Connect a test client to "
    "the node itself, past the reverse proxy or load balancer; if that works the fault is in the "
    "proxy: it must pass Upgrade, Connection and Sec-WebSocket-Protocol: xmpp to /ws/ and reach "
    "the node on its port. 3. Capture there at the same time: utils network capture file "
    "packetcapture count 100000 size all host ip CLIENT. If the header never arrives, it is the "
    "proxy; if it does, get the openfire logs: file get activelog desktop recurs compress.",
    reference="RFC 7395 §3.4; RFC 6120 §4.2",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("OR-012", "OR-013", *(one for one in ENDINGS if one != "FR-008")),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        9.0 S> [fin]
        """,
        """
        @har
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        30.0 C> [close 1001]
        """,
        """
        @login until=auth
        5.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        30.0 S> [fin]
        """,
    ),
    silent_on=(
        """
        @login until=auth
        5.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        """,
        "@login",
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='x.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='x.test' id='a'/>
        0.2 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
)
