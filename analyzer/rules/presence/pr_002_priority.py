"""A priority that keeps messages away, or that is no priority (RFC 6121 section 4.7.2.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import PresenceInfo


def _check(session: Session) -> Iterator[Hit]:
    minimum = session.profile.minimum_priority
    for stanza in session.presences:
        said = stanza.payload
        if type(said) is PresenceInfo and stanza.direction is Direction.TO_SERVER:
            priority = said.priority
            if priority is not None and not _is_fine(priority, minimum):
                values: dict[str, Value] = {"priority": priority[:20], "minimum": minimum}
                yield Hit((stanza.source,), values)
                return


def _is_fine(priority: str, minimum: int) -> bool:
    try:
        return max(minimum, -128) <= int(priority) <= 127
    except ValueError:
        return False


RULE = Rule(
    id="PR-002",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="The client's presence has the priority {priority}; it must be {minimum} to 127",
    cause="What is sent to the bare JID, as Finesse's own notifications are, reaches only "
    "resources whose priority is not negative. So a client with a negative priority logs in and "
    "subscribes without an error and then gets no events. A value that is no integer from -128 to "
    "127 makes the presence invalid; servers ignore it or refuse it.",
    remedy="In the client leave <priority/> out, which means 0, or send 0 to 127. Two clients of "
    "one agent at the same time: give both a priority of 0 or more, and a resource of its own to "
    "each.",
    reference="RFC 6121 §4.7.2.3, §8.5.2.1.1; Cisco Finesse Web Services Developer Guide",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-010", "FI-034"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><priority>-1</priority></presence>
        """,
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><priority>high</priority></presence>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <presence xmlns='jabber:client'><priority>5</priority></presence>
        """,
    ),
)
