"""A stream header of TCP on a WebSocket (RFC 7395 section 3.3)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS, STREAM_ERRORS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.XMPP_STREAM_TAG))


RULE = Rule(
    id="FR-009",
    severity=Severity.ERROR,
    title="The {side!t} sent <stream:stream> on a WebSocket",
    cause="That is the header of a stream over TCP, and of the first draft of XMPP over WebSocket. "
    "RFC 7395 has <open/> and <close/> in its place; Openfire answers with invalid-namespace or "
    "unsupported-stanza-type and closes. The client is too old, or one for TCP behind a plain "
    "WebSocket tunnel.",
    remedy="Use a client of RFC 7395: Strophe 1.2 or later (the desktop of 12.0 and later has it), "
    "or a library with XMPP over WebSocket. A client for TCP belongs on 5223.",
    reference="RFC 7395 §3.3, §3.4",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("FR-003", "FR-005", "FR-006", "FR-007", "ST-008", *STREAM_ERRORS, *ENDINGS),
    check=_check,
    fires_on=(
        """
        0.0 C> <stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='a.test'>
        0.1 S> [rst]
        """,
        """
        0.0 C> <stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='a.test'>
        """,
    ),
    silent_on=("@login",),
)
