"""An extension that the client did not offer (RFC 6455 section 9.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.http import Headers, tokens
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..progress import effect_of_stop
from .handshake import granted


def _check(session: Session) -> Iterator[Hit]:
    for upgrade, response in granted(session):
        request, agreed = upgrade.exchange.request, _names(response.headers)
        if request is None or not agreed:
            continue
        offered = _names(request.headers)
        added = [name for name in agreed if name not in offered]
        if added:
            values: dict[str, Value] = {
                "added": ", ".join(added),
                "offered": ", ".join(offered) or "none",
            }
            yield Hit((response.source,), values, effect=effect_of_stop(session))


def _names(headers: Headers) -> list[str]:
    members = tokens(headers, "Sec-WebSocket-Extensions")
    return [member.partition(";")[0].strip() for member in members]


RULE = Rule(
    id="WS-007",
    severity=Severity.ERROR,
    party=Party.PROXY,
    title="The server switched on {added}, which the client had not offered",
    cause="The client offered: {offered!t}. A client must fail the connection when the 101 names "
    "another extension. Mostly a proxy removed Sec-WebSocket-Extensions from the request but not "
    "from the answer; with permessage-deflate one end then compresses and the other cannot read "
    "it.",
    remedy="Compare Sec-WebSocket-Extensions on both sides of each proxy. It must pass the header "
    "both ways or drop it both ways; dropping it both ways for a test also shows whether "
    "compression is to blame.",
    reference="RFC 6455 §4.1, §9.1; RFC 7692 §5.1",
    needs=frozenset({Needs.HTTP}),
    explains=("DF-001", "DF-003", "WS-011", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @response Sec-WebSocket-Extensions: x-webkit-deflate-frame
        1.0 C> [fin]
        """,
    ),
    silent_on=(
        "@login",
        "@no-upgrade 403 Forbidden",
        """
        @request Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits
        @response Sec-WebSocket-Extensions: permessage-deflate
        @login
        """,
    ),
)
