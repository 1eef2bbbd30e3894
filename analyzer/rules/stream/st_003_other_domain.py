"""A server that answers for another domain than the one asked for (RFC 6120 section 4.7.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..opens import other_domain


def _check(session: Session) -> Iterator[Hit]:
    found = other_domain(session.negotiation)
    if found is not None:
        effect = Effect.DEGRADES if _misled(session, found.asked) else Effect.NONE
        values: dict[str, Value] = {"asked": found.asked, "answered": found.answered}
        yield Hit((found.stanza.source,), values, effect=effect)


def _misled(session: Session, domain: str) -> bool:
    """Whether a subscription went to a service of that domain, and came to nothing."""
    return any(
        one.state is None and (one.service or "").lower().endswith(f".{domain.lower()}")
        for one in session.subscriptions
    )


RULE = Rule(
    id="ST-003",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client asked for the domain {asked}, the server answered as {answered}",
    cause="Openfire takes any name while it does not validate the host, and answers with its own. "
    "The client now believes in {asked}: JIDs it builds from it, the address of its pings and of "
    "the pubsub service do not exist on this server. Usual reasons: the name of a proxy or of the "
    "other node in the client's configuration, or a host name changed on one side only.",
    remedy="Use xmppDomain and xmppPubSubDomain of GET /finesse/api/SystemInfo of the node you "
    "connect to. For the desktop, check that the agent opens the desktop by the node's FQDN, and "
    "behind a reverse proxy that its map leads to the right node.",
    reference="RFC 6120 §4.7.1, §4.7.2",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-007", "FI-006", "PS-006", "IQ-002", "IQ-008", "OR-010", "PG-004"),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='proxy.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='node1.test' id='a'/>
        """,
    ),
    silent_on=("@login",),
)
