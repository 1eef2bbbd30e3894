"""A stream ended to make the client log in anew (RFC 6120 section 4.9.3.16)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"reset"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-019",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server made {agent!t} log in anew (reset)",
    cause="reset, {age_s} s after the session began (text: {text!t}): the server wants a fresh "
    "stream, because keys, certificates or the account changed, or an administrator closed the "
    "session. The desktop connects again by itself; the agent sees a short break.",
    remedy="Once: nothing to do. Again and again: see in the openfire log (file get activelog "
    "desktop recurs compress) who or what asks for it, and whether account changes (bulk updates, "
    "imports) run at these times.",
    reference="RFC 6120 §4.9.3.16",
    needs=frozenset({Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
