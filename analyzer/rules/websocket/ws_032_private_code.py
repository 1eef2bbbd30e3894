"""A close code that only its sender can explain (RFC 6455 section 7.4.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .close_codes import TOLD, closed_with

_TOLD_ELSEWHERE = {*range(1000, 1004), *range(1005, 1016)}
_PRIVATE = frozenset(range(1 << 16)) - _TOLD_ELSEWHERE


def _check(session: Session) -> Iterator[Hit]:
    yield from closed_with(session, _PRIVATE)


RULE = Rule(
    id="WS-032",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The {side!t} closed the connection with the code {code} (reason: {reason!t})",
    cause="{code} has no common meaning: 3000 to 3999 are registered by libraries, 4000 to 4999 "
    "are private to an application, the rest is not assigned. Openfire and Strophe send none of "
    "them, so a gateway, a proxy, a browser extension or a custom client ended this connection.",
    remedy="Search the documentation of the proxy or gateway in the path (and of the custom "
    "client) for {code} and for the words of the reason. Captures on both ends tell who said it: "
    "the Close that is only in the agent's capture was made on the way.",
    reference="RFC 6455 §7.4.2; IANA WebSocket Close Code Number Registry",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=("WS-021", *TOLD),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 4401 token expired]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> [close 1000 bye]
        """,
    ),
)
