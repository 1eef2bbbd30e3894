"""The server failed: Close 1011 or 1014 (RFC 6455 section 7.4.1, IANA registry)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import blamed
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    for hit in closed_with(session, {1014}):
        yield replace(hit, party=Party.PROXY)
    for hit in closed_with(session, {1011}):
        yield replace(hit, party=blamed(session.close.by))


RULE = Rule(
    id="WS-028",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The {side!t} closed the connection after an error of its own ({code}, reason: "
    "{reason!t})",
    cause="1011: an exception on the {side!t} that it did not expect. 1014: a gateway got no sound "
    "answer from the server behind it. The network carried this Close, so it is not at fault; the "
    "log of the {side!t} at this second holds the reason: memory, database, a stanza it could not "
    "process, or (1014) a Notification Service that does not answer its proxy.",
    remedy="1. utils service list: is Cisco Finesse Notification Service STARTED? 2. Get the logs "
    "of {server} (file get activelog desktop recurs compress) and look for an exception in "
    "openfire and webproxy at this second. 3. Look at the last stanza before the Close: if it is "
    "the same in each such disconnect, it is the trigger.",
    reference="RFC 6455 §7.4.1; IANA WebSocket Close Code Number Registry",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1011 Internal error]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> [close 1001 shutdown]
        """,
    ),
)
