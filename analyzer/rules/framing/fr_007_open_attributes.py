"""<open/> without what it must carry (RFC 7395 section 3.4)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Open, Stanza
from ..progress import effect_of_stop
from ..violations import SIDES


def _check(session: Session) -> Iterator[Hit]:
    for direction, (side, _) in SIDES.items():
        bad = [(s, lacks) for s in session.negotiation if (lacks := _lacking(s, direction))]
        if bad:
            values: dict[str, Value] = {"side": side, "lacking": bad[0][1]}
            yield Hit((bad[0][0].source,), values, effect=effect_of_stop(session))


def _lacking(stanza: Stanza, direction: Direction) -> str:
    """What is not there; the stream id has a rule of its own."""
    said = stanza.payload
    if stanza.direction is not direction or not isinstance(said, Open) or not stanza.complete:
        return ""
    who = ("to", said.to) if direction is Direction.TO_SERVER else ("from", said.sender)
    lacking = [who[0]] if not who[1] else []
    lacking += [] if said.version == "1.0" else ["version='1.0'"]
    return ", ".join(lacking)


RULE = Rule(
    id="FR-007",
    severity=Severity.WARNING,
    title="The <open/> of the {side} lacks {lacking}",
    cause="The client says which domain it wants (to) and that it speaks XMPP 1.0, the server who "
    "it is (from) and the same version. Without to, Openfire falls back to its own domain and "
    "others refuse (host-unknown, improper-addressing). Without version='1.0' there are no stream "
    "features, hence no SASL and no bind.",
    remedy="In a client: to is xmppDomain of GET /finesse/api/SystemInfo, version is 1.0. If it is "
    "the server's that lacks them, the answer comes from something else than Openfire: look at "
    "Server and at the proxy in front.",
    reference="RFC 7395 §3.4; RFC 6120 §4.7.1, §4.7.5",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    explains=("ST-001", "ST-003", "ST-011"),
    check=_check,
    fires_on=(
        "0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>",
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='a.test' version='1.0'/>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='x'/>
        """,
    ),
    silent_on=("@login", "0.0 C> [text fin=0] <open xmlns='urn:x'\n9.0 C> [fin]"),
)
