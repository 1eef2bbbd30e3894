"""A policy ended the connection: Close 1008 (RFC 6455 section 7.4.1)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    yield from closed_with(session, {1008})


RULE = Rule(
    id="WS-030",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The {side!t} closed the connection for a policy of its own (1008, reason: {reason!t})",
    cause="1008 means: allowed by the protocol, forbidden here. It is said by reverse proxies, "
    "web application firewalls and zero-trust gateways (login expired, too many messages or "
    "connections, content filter), and by servers that limit idle or unauthenticated connections.",
    remedy="1. The reason mostly names the policy. 2. Find out who said it: if a capture on the "
    "Finesse node does not show the same Close, the proxy or gateway did, and its log names the "
    "policy. 3. Exempt the path /ws/ from the session limit or content filter, or raise the limit "
    "above a working day.",
    reference="RFC 6455 §7.4.1",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1008 Session expired]
        """,
    ),
    silent_on=("@login",),
)
