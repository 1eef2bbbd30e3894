"""A Sec-WebSocket-Key that is not 16 octets in base64 (RFC 6455 section 4.1)."""

import base64
from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.http import field
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from .handshake import asked, effect_of_refusal


def _check(session: Session) -> Iterator[Hit]:
    for upgrade, request in asked(session):
        key = field(request.headers, "Sec-WebSocket-Key")
        if key is not None and not _is_nonce(key):
            effect = effect_of_refusal(upgrade)
            yield Hit((request.source,), {"characters": len(key)}, effect=effect)


def _is_nonce(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except ValueError:  # not base64, or beyond ASCII
        return False


RULE = Rule(
    id="WS-002",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="The Sec-WebSocket-Key of the client is not 16 octets in base64",
    cause="It has {characters} characters; 16 random octets give 24. A server may answer 400. No "
    "browser gets this wrong: it is a custom client, a monitoring probe or a script.",
    remedy="Find the client by its User-Agent and address. Have it use a WebSocket library "
    "instead of writing the headers itself; for a probe, openssl rand -base64 16 makes a good key.",
    reference="RFC 6455 §4.1, §4.2.1",
    needs=frozenset({Needs.HTTP}),
    explains=("CO-026",),
    check=_check,
    fires_on=(
        """
        @request Sec-WebSocket-Key: short
        @no-upgrade 400 Bad Request
        """,
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden"),
)
