"""Comments, processing instructions, DTDs or entities on the stream (RFC 6120 section 11.1)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import beginning
from ..progress import Holes
from ..violations import blamed
from .errors import effect_of


def _check(session: Session) -> Iterator[Hit]:
    holes = Holes(session)
    found = [
        one
        for one in session.anomalies
        if one.code is AnomalyCode.XML_FORBIDDEN
        and not (one.source is not None and holes.between(None, one.source.time_ns))
    ]
    if found:
        sources = tuple(one.source for one in found if one.source is not None)
        values: dict[str, Value] = {
            "count": len(found),
            "what": str(found[0].values.get("found", "restricted XML")),
        }
        party = None if found[0].direction is None else blamed(found[0].direction.sender)
        places = sources or (beginning(session),)
        yield Hit(places, values, effect=effect_of(session), party=party)


RULE = Rule(
    id="ST-007",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    title="{count:message contains|messages contain} XML that XMPP forbids ({what})",
    cause="Comments, processing instructions, document types and entities other than the five of "
    "XML must not be sent. A strict peer ends the stream with restricted-xml, a lenient one drops "
    "the message; either way what stood in it does not arrive. A document type is also how attacks "
    "on XML parsers begin.",
    remedy="1. See which side sent it. 2. The client: correct the custom client or the gadget that "
    "writes XML by hand. 3. The server: data from outside (a call variable, a wrap-up text) was "
    "put into a message without escaping; find the event, correct its source, keep the openfire "
    "log for TAC.",
    reference="RFC 6120 §11.1, §4.9.3.18",
    needs=frozenset({Needs.MESSAGES}),
    explains=("ST-017",),
    check=_check,
    fires_on=("@login\n5.0 C> <presence xmlns='jabber:client'><!-- here --></presence>",),
    silent_on=(
        "@login",
        """
        @login
        4.0 C> [gap 300 snaplen]
        5.0 C> <presence xmlns='jabber:client'><!-- here --></presence>
        """,
    ),
)
