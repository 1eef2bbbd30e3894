"""A WebSocket version other than 13 (RFC 6455 sections 4.1 and 4.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.http import field
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from .handshake import asked, effect_of_refusal


def _check(session: Session) -> Iterator[Hit]:
    for upgrade, request in asked(session):
        version = field(request.headers, "Sec-WebSocket-Version")
        if version not in {None, "13"}:
            response = upgrade.exchange.response
            headers = response.headers if response is not None else ()
            values: dict[str, Value] = {
                "version": version or "",
                "takes": field(headers, "Sec-WebSocket-Version") or "not said",
            }
            yield Hit((request.source,), values, effect=effect_of_refusal(upgrade))


RULE = Rule(
    id="WS-003",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="The client asks for WebSocket version {version} instead of 13",
    cause="13 is the only version of the standard; smaller numbers are drafts of 2010 and 2011. "
    "The server should answer 426 and name those it takes (here: {takes!t}). Only very old "
    "libraries, or a version written by hand, ask for another one.",
    remedy="Find the client by its User-Agent and address and update its WebSocket library; it "
    "must send Sec-WebSocket-Version: 13.",
    reference="RFC 6455 §4.1, §4.4",
    needs=frozenset({Needs.HTTP}),
    explains=("CO-026",),
    check=_check,
    fires_on=(
        """
        @request Sec-WebSocket-Version: 8
        @no-upgrade 426 Upgrade Required
        """,
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden"),
)
