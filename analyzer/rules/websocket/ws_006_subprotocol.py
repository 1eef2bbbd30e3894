"""A subprotocol that the client did not offer (RFC 6455 section 4.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..progress import effect_of_stop
from .handshake import granted


def _check(session: Session) -> Iterator[Hit]:
    for upgrade, response in granted(session):
        chosen, known = upgrade.subprotocol, upgrade.exchange.request is not None
        if known and chosen is not None and chosen not in upgrade.offered:
            values: dict[str, Value] = {
                "chosen": chosen,
                "offered": ", ".join(upgrade.offered) or "none",
            }
            party = Party.PROXY if "xmpp" in upgrade.offered else Party.CLIENT
            yield Hit((response.source,), values, effect=effect_of_stop(session), party=party)


RULE = Rule(
    id="WS-006",
    severity=Severity.ERROR,
    title="The server chose the subprotocol {chosen}, which the client had not offered",
    cause="The client offered: {offered}. The server must choose one of these, in the same "
    "spelling, or none; a browser fails the connection otherwise. Either a proxy adds or rewrites "
    "Sec-WebSocket-Protocol, or the client did not ask for xmpp at all, or this is not the "
    "notification service.",
    remedy="Compare Sec-WebSocket-Protocol on both sides of each proxy and remove the rule that "
    "changes it. The client must send xmpp (Strophe does); behind Cisco's reverse proxy it sends a "
    "credential behind xmpp, and the answer must still be just xmpp.",
    reference="RFC 6455 §4.1, §4.2.2; RFC 7395 §3.1",
    needs=frozenset({Needs.HTTP}),
    explains=("FR-001", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @response Sec-WebSocket-Protocol: chat
        1.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden"),
)
