"""A server `<open/>` that no features follow (RFC 6120 section 4.3.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Stanza, StanzaKind
from ..consequences import ENDINGS
from ..progress import PATIENCE_NS, Holes, effect_of_stop, seconds, until_end

_FOLLOWS = frozenset({StanzaKind.FEATURES, StanzaKind.STREAM_ERROR, StanzaKind.CLOSE})


def _check(session: Session) -> Iterator[Hit]:
    opened: Stanza | None = None
    for stanza in session.negotiation:
        if stanza.direction is Direction.TO_CLIENT:
            if stanza.kind is StanzaKind.OPEN:
                opened = stanza
            elif opened is not None and stanza.kind in _FOLLOWS:
                opened = None
    if opened is None or Holes(session).between(opened.source.time_ns):
        return
    waited = until_end(session, opened.source)
    if waited is not None and waited >= PATIENCE_NS:
        yield Hit((opened.source,), {"waited_s": seconds(waited)}, effect=effect_of_stop(session))


RULE = Rule(
    id="ST-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The server opened the stream but never said what it offers",
    cause="The server's stream header must be followed by <stream:features/>; {waited_s} s later "
    "there are none. A client cannot choose a mechanism or bind without them and waits. Openfire "
    "sends both together, so it stalled in between or a proxy holds back the second message "
    "(buffering).",
    remedy="1. Capture on the node at the same time (utils network capture file packetcapture "
    "count 100000 size all host ip CLIENT). 2. If the features leave the node, the proxy keeps "
    "them: turn off response buffering for /ws/ (nginx: proxy_buffering off) and pass the "
    "connection through as WebSocket. 3. If they do not, look at the openfire log and the load of "
    "the node.",
    reference="RFC 6120 §4.3.2; RFC 7395 §3.4",
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES}),
    explains=("OR-012", "OR-013", "SA-016", "BI-001", *ENDINGS),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        20.0 C> [fin]
        """,
    ),
    silent_on=(
        "@login",
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        0.2 S> [gap 500]
        9.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        """,
    ),
)
