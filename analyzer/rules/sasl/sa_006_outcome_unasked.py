"""A login attempt with more than one outcome, or an outcome nobody asked for (RFC 6120 §6.4)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind
from ..progress import Holes, what

_OUTCOMES = frozenset({StanzaKind.SUCCESS, StanzaKind.FAILURE})
_ATTEMPTS = frozenset({StanzaKind.AUTH, StanzaKind.RESPONSE})


def _check(session: Session) -> Iterator[Hit]:
    attempts, holes = 0, Holes(session)
    for stanza in session.negotiation:
        if stanza.kind in _ATTEMPTS and stanza.direction is Direction.TO_SERVER:
            attempts += 1
        elif stanza.kind in _OUTCOMES and stanza.direction is Direction.TO_CLIENT:
            if attempts == 0 and not holes.between(None, stanza.source.time_ns):
                yield Hit((stanza.source,), {"outcome": what(stanza)})
                return
            attempts = 0


RULE = Rule(
    id="SA-006",
    severity=Severity.WARNING,
    title="The server sent {outcome} though no login was waiting for it",
    cause="Each <auth/> gets one <success/> or <failure/>. This {outcome} came without an open "
    "attempt: the server answered twice, or something between both sides repeated a message. A "
    "client may take it for the answer to its next attempt.",
    remedy="Record on both ends at the same time and compare: if the node sent it once and the PC "
    "got it twice, a proxy is at fault. If the node sent it twice, keep the openfire log (file get "
    "activelog desktop recurs compress) for the case.",
    reference="RFC 6120 §6.4.3 to §6.4.6",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 S> <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>
        """,
    ),
    silent_on=("@login", "@login until=open"),
)
