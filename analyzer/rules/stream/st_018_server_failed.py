"""A session ended because the server failed (RFC 6120 section 4.9.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors

_CONDITIONS = frozenset(
    {
        "internal-server-error",
        "remote-connection-failed",
        "resource-constraint",
        "undefined-condition",
    }
)


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, _CONDITIONS):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-018",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server failed and ended the session of {agent!t} ({condition})",
    cause="{condition} from {server}, {age_s} s after the session began (text: {text!t}, own "
    "condition: {application!t}). The fault is on the server: an exception in Openfire "
    "(internal-server-error; also after a message of more than 1 MiB), something behind it that it "
    "could not reach (remote-connection-failed), memory or sessions used up (resource-constraint).",
    remedy="1. Get the logs of this minute: file get activelog desktop recurs compress (openfire, "
    "openfireservice, realm), and look for the exception. 2. Check memory, CPU and disk of the "
    "node in RTMT and with show status. 3. See whether other agents were hit in the same second. "
    "4. If it comes back, restart in a quiet hour: stop Tomcat, stop Cisco Finesse Notification "
    "Service, start it, start Tomcat; and open a TAC case with log and recording.",
    reference="RFC 6120 §4.9.3.8, §4.9.3.15, §4.9.3.17, §4.9.3.21",
    needs=frozenset({Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
