"""A client that never announced itself to the server (RFC 6121 section 4.2.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Stanza
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    sent = [one for one in session.presences if one.direction is Direction.TO_SERVER]
    odd = next((stanza for stanza in sent if stanza.type not in {"unavailable", "error"}), None)
    if odd is not None and not any(_is_initial(stanza) for stanza in sent):
        values: dict[str, Value] = {"to": odd.receiver or "none", "type": odd.type or "none"}
        yield Hit((odd.source,), values, effect=effect_of_stop(session))


def _is_initial(stanza: Stanza) -> bool:
    return stanza.type is None and stanza.receiver is None


RULE = Rule(
    id="PR-001",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="The client never sent an initial presence, only one with to {to!t} and type {type!t}",
    cause="Only <presence/> without to and without type makes a client available. There is no "
    "type available: servers answer bad-request or ignore it; and a presence with to reaches that "
    "one address and nobody else. Openfire routes no event to a client that is not available, so "
    "no notification reaches the agent although every other step went well.",
    remedy="In the client send <presence xmlns='jabber:client'/> right after bind (and session), "
    "before the first subscribe; with Strophe: conn.send($pres()).",
    reference="RFC 6121 §4.2.1, §4.7.1",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("OR-004", "OR-014", "FI-002", "PR-003", "PR-005", "PS-006"),
    check=_check,
    fires_on=(
        """
        @login until=session
        5.0 C> <presence xmlns='jabber:client' type='available'/>
        20.0 C> <presence xmlns='jabber:client' to='finesse@example.test'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        """,
    ),
)
