"""A server `<open/>` without xml:lang (RFC 6120 section 4.7.4)."""

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
        said = stanza.payload
        if isinstance(said, Open) and stanza.direction is Direction.TO_CLIENT:
            if said.language is None and stanza.complete:
                yield Hit((stanza.source,), {"server": session.server})
            return


RULE = Rule(
    id="ST-006",
    severity=Severity.INFO,
    party=Party.SERVER,
    title="The server named no language for its texts",
    cause="The server's <open/> should carry xml:lang, the language of the human texts in errors. "
    "{server} left it out. Nobody at the desktop notices; Openfire, ejabberd and prosody all send "
    "it, so its lack is a hint that something else answered.",
    remedy="Nothing to do for the session. If other things look strange too, check what stands in "
    "front of the notification service.",
    reference="RFC 6120 §4.7.4",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        """,
    ),
    silent_on=(
        "@bosh\n@login",
        "@login",
        "0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test'/>",
    ),
)
