"""A second `<auth/>` after success (RFC 6120 section 6.3.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind
from ..consequences import ENDINGS, STREAM_ERRORS

_LOGIN = (StanzaKind.AUTH, Direction.TO_SERVER)


def _check(session: Session) -> Iterator[Hit]:
    succeeded = False
    for stanza in session.negotiation:
        if stanza.kind is StanzaKind.SUCCESS:
            succeeded = True
        elif succeeded and (stanza.kind, stanza.direction) == _LOGIN:
            yield Hit((stanza.source,), {"agent": session.agent or "The client"})
            return


RULE = Rule(
    id="SA-010",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="{agent!t} logged in a second time on the same stream",
    cause="After <success/> a client must not authenticate again on this connection. It happens "
    "when a client's reconnect code runs although the connection is still there, or when two parts "
    "of a program share one socket. Servers answer with a stream error or ignore it.",
    remedy="In the client, log in once a connection; to change the user, close the stream and the "
    "connection and open new ones.",
    reference="RFC 6120 §6.3.2, §6.4.6",
    needs=frozenset({Needs.MESSAGES}),
    explains=(*STREAM_ERRORS, *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        """,
    ),
    silent_on=("@login",),
)
