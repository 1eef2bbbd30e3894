"""A bind request that no answer follows (RFC 6120 section 7.6)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ..consequences import ENDINGS
from ..evidence import of_step
from ..progress import seconds, unanswered, until_end


def _check(session: Session) -> Iterator[Hit]:
    step = unanswered(session, StepName.BIND)
    if step is not None:
        waited = seconds(until_end(session, step.asked))
        yield Hit(
            (of_step(session, step),), {"waited_s": waited, "resource": session.resource or "?"}
        )


RULE = Rule(
    id="OR-008",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server never answered the bind request",
    cause="The password was accepted, the client asked for the resource {resource}, and in "
    "{waited_s} s neither a JID nor an error came. Openfire is then busy with the account: it "
    "tries to end an older session with the same resource whose socket no longer answers, or it "
    "hangs as a whole. A connection lost at this moment looks the same.",
    remedy="1. Find out whether it is one agent or all. 2. One agent: have every other desktop and "
    "browser tab of that agent closed, wait two minutes, sign in again. 3. All agents: utils "
    "service list, then the openfire log (file get activelog desktop recurs compress) around this "
    "time; restart Cisco Finesse Notification Service in a quiet hour.",
    reference="RFC 6120 §7.6, §7.7",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("OR-014", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        5.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        5.2 S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>
        5.3 C> <iq xmlns='jabber:client' type='set' id='_bind_auth_2'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>
        40.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@login until=bind"),
)
