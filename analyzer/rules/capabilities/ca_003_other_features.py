"""Capabilities whose hash is not that of the features told (XEP-0115 section 5.4)."""

from collections.abc import Iterator

from ...model.disco import DiscoInfo
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Iq, Needs, Session
from ...model.xmpp import Caps, OtherPayload, Stanza
from ..violations import blamed
from .advertised import LOGIN, advertised


def _check(session: Session) -> Iterator[Hit]:
    hashed = [(stanza, caps) for stanza, caps in advertised(session) if caps.hash and caps.ver]
    for iq in session.iqs[:LOGIN] if hashed else ():
        told = _disco(iq.answer)
        if told is None or iq.answer is None:
            continue
        flaws = ((s, c, _flaw(told, c)) for s, c in hashed if _is_about(iq, s, c))
        for stanza, caps, flaw in flaws:
            if flaw is not None:
                side = stanza.direction.sender
                values: dict[str, Value] = {"side": side.value, "flaw": flaw, "ver": caps.ver or ""}
                yield Hit((iq.answer.source, stanza.source), values, party=blamed(side))
                return


def _disco(stanza: Stanza | None) -> DiscoInfo | None:
    said = stanza.payload if stanza is not None else None
    return said.disco if isinstance(said, OtherPayload) else None


def _is_about(iq: Iq, stanza: Stanza, caps: Caps) -> bool:
    """Whether it was asked for these capabilities, by their name or by who announced them."""
    asked = _disco(iq.request)
    if asked is not None and asked.node is not None:
        return asked.node == f"{caps.node}#{caps.ver}"
    return stanza.sender is not None and iq.request.receiver == stanza.sender


def _flaw(told: DiscoInfo, caps: Caps) -> str | None:
    if told.problem is not None:
        return told.problem
    right = told.vers.get(caps.hash or "")
    return None if right in {None, caps.ver} else f"they hash to {right}"


RULE = Rule(
    id="CA-003",
    severity=Severity.WARNING,
    title="What the {side!t} said that it can do does not fit its announcement ({flaw!t})",
    cause="The features of the answer to service discovery must hash to {ver}, which was announced "
    "before, and none may stand there twice. A receiver that checks throws the answer away, so "
    "what this program can do stays unknown; one that does not check may store false features for "
    "all programs with that hash. Logins and events of Finesse do not depend on it.",
    remedy="Nothing for the fault at hand. If a custom client or component said it, update its "
    "XMPP library; plug-ins that add features after the hash was made do this.",
    reference="XEP-0115 §5.1, §5.4",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <presence xmlns='jabber:client' from='b@example.test/x'>\
<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='AAAA'/></presence>
        5.1 C> <iq xmlns='jabber:client' type='get' id='d' to='b@example.test/x'>\
<query xmlns='http://jabber.org/protocol/disco#info' node='n#AAAA'/></iq>
        5.2 S> <iq xmlns='jabber:client' type='result' id='d' from='b@example.test/x'>\
<query xmlns='http://jabber.org/protocol/disco#info' node='n#AAAA'><feature var='f'/></query></iq>
        """,
    ),
    silent_on=("@login",),
)
