"""Answers that fit no open request (RFC 6120 section 8.2.3)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import PLACES, SIDES, blamed


def _check(session: Session) -> Iterator[Hit]:
    if session.gaps:  # the request may be missing for that reason alone
        return
    for direction, (side, peer) in SIDES.items():
        strays = [stanza for stanza in session.unmatched if stanza.direction is direction]
        if strays:
            values: dict[str, Value] = {
                "side": side.value,
                "peer": peer.value,
                "id": strays[0].id or "none",
            }
            places = tuple(stanza.source for stanza in strays[:PLACES])
            yield Hit(places, {**values, "count": len(strays)}, party=blamed(side))


RULE = Rule(
    id="IQ-003",
    severity=Severity.INFO,
    title="No open request for {count:answer|answers} of the {side!t} (first id: {id!t})",
    cause="The {peer!t} had not asked, or had its answer already. A second answer to one id comes "
    "from a server that answers twice, or from two programs that share a session and its ids.",
    remedy="Nothing, if the agent noticed nothing: clients ignore such answers. If a custom client "
    "uses the session together with the desktop, give it a session and a resource of its own.",
    reference="RFC 6120 §8.2.3",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <iq xmlns='jabber:client' id='never-asked' type='result'/>
        """,
    ),
    silent_on=(
        "@login",
        # The request may have been in the gap.
        """
        @login
        5.0 C> [gap 100]
        5.1 S> <iq xmlns='jabber:client' id='not-captured' type='result'/>
        """,
    ),
)
