"""Stream management that the server grants, which Finesse's does not (XEP-0198 section 3)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind

_GRANTED = frozenset({"enabled", "resumed"})


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        if stanza.kind is StanzaKind.STREAM_MANAGEMENT:
            name = stanza.name.rpartition("}")[2]
            if stanza.direction is Direction.TO_CLIENT and name in _GRANTED:
                yield Hit((stanza.source,), {"answer": name, "server": session.server})
                return


RULE = Rule(
    id="SM-002",
    severity=Severity.INFO,
    title="{server} granted stream management (<{answer}/>)",
    cause="Both sides count stanzas now, and the client can take its session up again after a "
    "break (XEP-0198). Finesse's notification service does not offer that, so this is another XMPP "
    "server, or one whose configuration was changed. After a break nothing seems to be missing "
    "then: no new login, no new subscriptions.",
    remedy="Nothing to do. If this should be a Finesse node, check what the address leads to.",
    reference="XEP-0198 §3, §5; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <enable xmlns='urn:xmpp:sm:3' resume='true'/>
        5.1 S> <enabled xmlns='urn:xmpp:sm:3' id='a' resume='true'/>
        """,
        """
        @login until=auth
        5.0 C> <resume xmlns='urn:xmpp:sm:3' h='5' previd='a'/>
        5.1 S> <resumed xmlns='urn:xmpp:sm:3' h='7' previd='a'/>
        """,
    ),
    silent_on=(
        "@login",
        "@login\n5.0 C> <enable xmlns='urn:xmpp:sm:3'/>\n5.1 S> <failed xmlns='urn:xmpp:sm:3'/>",
    ),
)
