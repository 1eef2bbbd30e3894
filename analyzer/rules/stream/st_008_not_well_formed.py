"""Messages that are not XML (RFC 6120 sections 11.3 and 11.6)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ..evidence import beginning
from ..violations import blamed
from .errors import effect_of

_CODES = frozenset({AnomalyCode.XML_MALFORMED, AnomalyCode.XMPP_UTF8})


def _check(session: Session) -> Iterator[Hit]:
    for direction in Direction:
        found = [o for o in session.anomalies if o.code in _CODES and o.direction is direction]
        if found:
            sources = tuple(one.source for one in found if one.source is not None)
            side, places = direction.sender, sources or (beginning(session),)
            values: dict[str, Value] = {"count": len(found), "sender": side.value}
            yield Hit(places, values, effect=effect_of(session), party=blamed(side))


RULE = Rule(
    id="ST-008",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    title="Not well-formed XML: {count:message|messages} of the {sender!t}",
    cause="The other side cannot read them. From the server: a control character in a call "
    "variable, a name or a wrap-up text got into an event; the browser's parser stops there, the "
    "event is lost and the call or its data does not show. From the client: XML put together as "
    "text. A server ends the stream with not-well-formed or bad-format, Openfire may drop the "
    "message without a word.",
    remedy="1. Open the first place named here and look at the characters around the error. 2. "
    "Find where the text comes from (routing script, ECC variable, CRM) and clean it there; XML "
    "1.0 allows no control characters below U+0020 except tab, line feed and carriage return. 3. "
    "If Finesse itself should have escaped it, open a TAC case with this recording.",
    reference="RFC 6120 §11.3, §11.6, §4.9.3.13",
    needs=frozenset({Needs.MESSAGES}),
    explains=("ST-017", "FI-008", "IQ-002"),
    check=_check,
    fires_on=(
        "@login\n5.0 S> <message xmlns='jabber:client'><body>&#1;</body></message>",
        "@login\n5.0 C> <presence xmlns='jabber:client'",
    ),
    silent_on=("@login",),
)
