"""<close/> in the middle of a restart (RFC 7395 section 3.7)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind
from ..consequences import ENDINGS
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    succeeded = False
    for stanza in session.stanzas:
        if stanza.kind is StanzaKind.SUCCESS:
            succeeded = True
        elif succeeded and stanza.direction is Direction.TO_SERVER:
            if stanza.kind is StanzaKind.CLOSE:
                yield Hit((stanza.source,), effect=effect_of_stop(session))
            return


RULE = Rule(
    id="FR-013",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="The client sent <close/> instead of opening a new stream behind <success/>",
    cause="Behind <success/> the client opens a new stream on the same socket: <open/> again, "
    "without <close/>. The server takes <close/> for the end of the session, so the login stops "
    "although the password was right. A custom client ends the old stream as one does on TCP, or "
    "its user gave up just then.",
    remedy="In the client: behind <success/> send <open/> at once, no <close/>, no new socket, and "
    "wait for the features with <bind/>.",
    reference="RFC 7395 §3.7; RFC 6120 §6.4.6",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("OR-013", "SA-008", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        5.1 C> [fin]
        """,
    ),
    silent_on=(
        "@login",
        "@login until=auth",
        """
        @login until=auth
        5.0 S> [fin]
        """,
    ),
)
