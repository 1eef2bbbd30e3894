"""No mechanism that a Finesse client can use (RFC 6120 section 6.4.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import Auth, Features, SaslFailure
from ..consequences import ENDINGS
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, Auth | SaslFailure):
            return
        if isinstance(said, Features):
            names = {name.upper() for name in said.mechanisms}
            # Without any list there is nothing to choose from: ST-001 looks at that.
            if names and "PLAIN" not in names:
                offered = ", ".join(said.mechanisms)
                yield Hit((stanza.source,), {"offered": offered}, effect=effect_of_stop(session))
            return


RULE = Rule(
    id="SA-016",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server offers no PLAIN login, only {offered}",
    cause="Finesse hands user and password (or the SSO token) on to the directory, so its "
    "notification service offers PLAIN, and its desktop uses nothing else. With {offered} alone "
    "the client stops here. Somebody changed the mechanism list of Openfire, or this is not the "
    "notification service of Finesse at all (IM&P, another XMPP server, a wrong target in the "
    "proxy map).",
    remedy="Check that the URL really leads to /ws/ of a Finesse node. If it does, put PLAIN back "
    "into Openfire's mechanism list (Cisco TAC; the property is not meant to be edited by hand) "
    "and restart Cisco Finesse Notification Service.",
    reference="RFC 6120 §6.3.4, §6.4.1",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("OR-012", *ENDINGS),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        0.2 S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism></mechanisms>\
</stream:features>
        9.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=(
        "@login",
        "@login until=open",
        "0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='x' version='1.0'/>",
        "5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>",
    ),
)
