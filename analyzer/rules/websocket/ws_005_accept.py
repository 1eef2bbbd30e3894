"""A Sec-WebSocket-Accept that does not fit the key (RFC 6455 section 4.2.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..progress import effect_of_stop
from .handshake import granted


def _check(session: Session) -> Iterator[Hit]:
    for upgrade, response in granted(session):
        if upgrade.accept_valid is False:
            yield Hit((response.source,), effect=effect_of_stop(session))


RULE = Rule(
    id="WS-005",
    severity=Severity.ERROR,
    party=Party.PROXY,
    title="The server's Sec-WebSocket-Accept does not fit the client's key",
    cause="Accept is computed from the key of this very request, so this 101 belongs to another "
    "one: a cache or proxy replayed an old answer, mixed up two connections, or changed the key on "
    'its way to the server. A browser fails the connection at once ("Incorrect '
    "'Sec-WebSocket-Accept' header value\" in its console).",
    remedy="1. Exempt /ws/ from caching and from header rewriting in every proxy on the way. 2. "
    "If it stays, take the proxies out of the path one by one, caching ones first, until Accept "
    "fits. 3. Captures on both sides of a proxy show whether it changes Sec-WebSocket-Key or "
    "Sec-WebSocket-Accept.",
    reference="RFC 6455 §1.3, §4.1, §4.2.2",
    needs=frozenset({Needs.HTTP}),
    explains=("OR-011", "CO-008", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @response Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=
        1.0 C> [fin]
        """,
    ),
    silent_on=("@login",),
)
