"""A login in clear where the server requires TLS (RFC 6120 section 5.3.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Features, Stanza, StanzaKind
from ..consequences import ENDINGS, STREAM_ERRORS
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    required: Stanza | None = None
    for stanza in session.negotiation:
        offer = stanza.payload
        if isinstance(offer, Features):
            required = stanza if offer.starttls_required else None
        elif required is None or stanza.direction is not Direction.TO_SERVER:
            continue
        elif stanza.kind is StanzaKind.AUTH:
            places = (stanza.source, required.source)
            yield Hit(places, {"server": session.server}, effect=effect_of_stop(session))
            return
        else:
            required = None


RULE = Rule(
    id="ST-023",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="{server} requires TLS, but the client logged in without",
    cause="The server marked STARTTLS as required in its features. The client sent <auth/> in "
    "clear all the same; the server must refuse it (encryption-required, policy-violation), and "
    "with PLAIN the password has been on the network already.",
    remedy="1. Switch on STARTTLS in the client (often called TLS: required or opportunistic), or "
    "have it use the port for direct TLS, 5223. 2. If it asks for TLS and falls back, its trust "
    "store lacks the server's certificate authority. 3. Have the agent's password changed if PLAIN "
    "was used.",
    reference="RFC 6120 §5.3.1, §5.3.4",
    needs=frozenset({Needs.MESSAGES, Needs.TCP}),
    explains=("SA-001", "SA-002", "SA-013", *STREAM_ERRORS, *ENDINGS),
    check=_check,
    fires_on=(
        """
        @tcp
        0.0 C> <open to='a.test' version='1.0'/>
        0.1 S> <open from='a.test' id='x' version='1.0' xml:lang='en'/>
        0.1 S> <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>\
</starttls></stream:features>
        0.2 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        """,
    ),
    silent_on=(
        "@tcp\n@login",
        """
        @tcp
        0.0 C> <open to='a.test' version='1.0'/>
        0.1 S> <open from='a.test' id='x' version='1.0' xml:lang='en'/>
        0.1 S> <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>\
</starttls></stream:features>
        0.2 C> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        0.3 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        """,
    ),
)
