"""<open/> answered with something else (RFC 7395 section 3.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind
from ..consequences import ENDINGS
from ..progress import Holes, effect_of_stop, what

_ANSWERS = frozenset({StanzaKind.OPEN, StanzaKind.STREAM_ERROR, StanzaKind.CLOSE})


def _check(session: Session) -> Iterator[Hit]:
    opened = False
    for stanza in session.stanzas:
        if stanza.direction is Direction.TO_SERVER:
            opened = opened or stanza.kind is StanzaKind.OPEN
        elif opened:
            lost = Holes(session).between(None, stanza.source.time_ns)
            if stanza.kind not in _ANSWERS and not lost:
                effect = effect_of_stop(session)
                yield Hit((stanza.source,), {"answer": what(stanza)}, effect=effect)
            return


RULE = Rule(
    id="FR-008",
    severity=Severity.WARNING,
    party=Party.SERVER,
    title="The server answered <open/> with {answer}",
    cause="It must answer with its own <open/>, or with a stream error and <close/>. Without it "
    "the client has no stream id and may not go on. A server of the old draft answers with "
    "<stream:features/> at once; a gateway in front of a TCP server may swallow the header of the "
    "stream.",
    remedy="Is it Openfire that answers? Look at the response headers and at the URL. Take the "
    "connection past every gateway; if the answer is then in order, the gateway is at fault.",
    reference="RFC 7395 §3.4",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES, Needs.START}),
    explains=("OR-006", *(r for r in ENDINGS if r != "FR-008")),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='a.test' version='1.0'/>
        0.1 S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        0.0 C> <presence xmlns='jabber:client'/>
        0.1 S> <presence xmlns='jabber:client'/>
        """,
        "@login until=upgrade",
    ),
)
