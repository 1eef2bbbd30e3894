"""Features behind the login that do not offer resource binding (RFC 6120 section 7.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Features, StanzaKind
from ..consequences import ENDINGS
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    succeeded = False
    for stanza in session.negotiation:
        if stanza.kind is StanzaKind.SUCCESS:
            succeeded = True
        elif succeeded and isinstance(stanza.payload, Features):
            if not stanza.payload.bind:
                values: dict[str, Value] = {"domain": session.domain or "the server"}
                yield Hit((stanza.source,), values, effect=effect_of_stop(session))
            return


RULE = Rule(
    id="BI-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="{domain!t} did not offer to bind a resource after the login",
    cause="The features behind <success/> must offer <bind/>; without it a client cannot get its "
    "JID, and Strophe gives up with CONNFAIL. The server did not count the login as complete (it "
    "sent the features of before the login once more), or the address is that of a component or "
    "another XMPP service.",
    remedy="1. Compare both <stream:features/> of this session. 2. If the second again lists "
    "mechanisms, the server lost the login: look at the openfire log (file get activelog desktop "
    "recurs compress) at this time and restart Cisco Finesse Notification Service in a quiet hour. "
    "3. If it lists other things, check that the URL leads to a Finesse node.",
    reference="RFC 6120 §7.4, §4.3.2",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("OR-008", "OR-013", "BI-005", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        5.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        5.2 S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'/>
        30.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@login until=auth"),
)
