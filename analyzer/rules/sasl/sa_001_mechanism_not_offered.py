"""An `<auth/>` without an offer, or with a mechanism that was not offered (RFC 6120 §6.4.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Auth, Features, StanzaKind
from ..consequences import ENDINGS, STREAM_ERRORS
from ..progress import Holes, effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    offered: tuple[str, ...] = ()
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, Features):
            offered = said.mechanisms
        elif stanza.kind is StanzaKind.AUTH and stanza.direction is Direction.TO_SERVER:
            mechanism = said.mechanism if isinstance(said, Auth) else None
            if Holes(session).between(None, stanza.source.time_ns) or not stanza.complete:
                return
            if (mechanism or "").upper() not in {name.upper() for name in offered}:
                values: dict[str, Value] = {
                    "mechanism": mechanism or "none",
                    "offered": ", ".join(offered) or "none",
                }
                yield Hit((stanza.source,), values, effect=effect_of_stop(session))
            return


RULE = Rule(
    id="SA-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client used mechanism {mechanism!t}, which the server had not offered",
    cause="The server's features offered: {offered!t}. The client sent <auth/> with {mechanism!t} "
    "all the same. Either it did not wait for the features, or its mechanism is fixed in its code, "
    "or somebody changed the list on the server (Openfire property sasl.mechs). Finesse needs "
    "PLAIN: its desktop has the password or the SSO token and nothing else.",
    remedy="If PLAIN is missing from the offer, restore it on the notification service and restart "
    "Cisco Finesse Notification Service; do not edit Openfire's properties by hand. If PLAIN is "
    "offered, correct the client: wait for <stream:features/> and choose from its list.",
    reference="RFC 6120 §6.3.3, §6.4.2, §6.5.7",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("SA-013", *STREAM_ERRORS, *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='X-NONE'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>
        """,
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>AGEAYg==</auth>
        """,
    ),
    silent_on=(
        "@login",
        "@login until=open",
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        0.1 S> [gap 500]
        0.2 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        """,
    ),
)
