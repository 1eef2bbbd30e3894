"""A client that writes another address than its own into `from` (RFC 6120 section 8.1.2.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import bare, resource_part
from ..violations import died_of

_TO_SERVER = Direction.TO_SERVER


def _check(session: Session) -> Iterator[Hit]:
    own = session.jid
    if own is None:
        return
    for stanza in session.stanzas:
        sender = stanza.sender
        if sender is None or stanza.direction is not _TO_SERVER or sender == own:
            continue
        if sender and not _is_own(sender, own):
            values: dict[str, Value] = {"sender": sender, "own": own}
            yield Hit((stanza.source,), values, effect=died_of(session, stanza.source))
            return


def _is_own(sender: str, own: str) -> bool:
    same = not resource_part(sender) or resource_part(sender) == resource_part(own)
    return bare(sender) == bare(own) and same


RULE = Rule(
    id="IQ-006",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client sent a stanza in the name of {sender}, but it is {own}",
    cause="A client leaves from out, or writes its own address. The server must refuse another "
    "one (stream error invalid-from) or overwrite it. Typical for a client that builds the address "
    "from its settings, with another resource, domain or user than it was bound to.",
    remedy="In the client take the address from <jid/> of the bind result ({own}), or do not "
    "write from at all. If only the domain differs, take it from xmppDomain of GET "
    "/finesse/api/SystemInfo.",
    reference="RFC 6120 §8.1.2.1, §4.9.3.9",
    needs=frozenset({Needs.MESSAGES}),
    explains=("PS-002", "IQ-008", "ST-020"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get' from='other@example.test/x'>\
<query xmlns='jabber:iq:version'/></iq>
        """,
    ),
    silent_on=(
        "@login",
        "@login until=open",
        """
        @login user=agent1001
        5.0 C> <iq xmlns='jabber:client' id='a' type='get' from='agent1001@example.test'>\
<query xmlns='jabber:iq:version'/></iq>
        """,
    ),
)
