"""A server `<open/>` without a stream id (RFC 6120 section 4.7.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Open


def _check(session: Session) -> Iterator[Hit]:
    if session.bosh is not None:
        return  # XEP-0206 section 3 does not ask for it
    for stanza in session.negotiation:
        said = stanza.payload if stanza.complete else None
        if (
            isinstance(said, Open)
            and stanza.direction is Direction.TO_CLIENT
            and not said.stream_id
        ):
            yield Hit((stanza.source,), {"sender": said.sender or "none"})
            return


RULE = Rule(
    id="ST-002",
    severity=Severity.INFO,
    party=Party.SERVER,
    title="The server opened the stream without an id",
    cause="Every response stream carries an id that identifies it in the server's logs. Here it is "
    "missing or empty (from: {sender!t}). Servers leave it out when they already know that they "
    "will refuse the stream; else it is a home-made endpoint or a proxy that answers itself.",
    remedy="Read on to the stream error behind it, which says why. If the stream goes on without "
    "an id, check that the URL leads to a Finesse node.",
    reference="RFC 6120 §4.7.3; RFC 7395 §3.4",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id=''/>
        """,
    ),
    silent_on=("@login", "@bosh\n@login"),
)
