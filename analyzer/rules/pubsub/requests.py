"""Subscribe requests with their answers, as stanzas: for rules that compare the two."""

from collections.abc import Iterator

from msgspec import Struct

from ...model.session import Iq, Session
from ...model.source import Direction
from ...model.xmpp import Pubsub, PubsubAction, Stanza, bare

_SUBSCRIBE = PubsubAction.SUBSCRIBE


class Subscribing(Struct, frozen=True):
    """
    A subscribe request that was granted.

    Attributes:
        request: The request.
        asked: What it asks for.
        answer: The result.
        granted: What that says; None if it says nothing.
    """

    request: Stanza
    asked: Pubsub
    answer: Stanza
    granted: Pubsub | None


def requests(session: Session) -> Iterator[tuple[Iq, Pubsub]]:
    """Each subscribe request of the client."""
    for iq in session.iqs:
        asked = iq.request.payload
        if (
            type(asked) is Pubsub
            and asked.action is _SUBSCRIBE
            and iq.request.direction is Direction.TO_SERVER
        ):
            yield iq, asked


def is_foreign(session: Session, jid: str | None) -> bool:
    """Whether an address is another user's than the session's; False if that is not known."""
    return bool(jid) and session.jid is not None and bare(jid or "") != bare(session.jid)


def granted(session: Session) -> Iterator[Subscribing]:
    """Each subscribe request that was answered by a result."""
    for iq, asked in requests(session):
        answer = iq.answer
        if answer is not None and answer.type == "result":
            said = answer.payload
            yield Subscribing(iq.request, asked, answer, said if isinstance(said, Pubsub) else None)


TROUBLE = frozenset(
    {
        "internal-server-error",
        "policy-violation",
        "recipient-unavailable",
        "remote-server-not-found",
        "remote-server-timeout",
        "resource-constraint",
        "service-unavailable",
        "too-many-subscriptions",
    }
)
"""What a service says when neither node nor rights are at fault (XEP-0060 section 6.1.3)."""
