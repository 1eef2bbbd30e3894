"""Subscriptions and what they bring: requests with their answers, items (XEP-0060)."""

from msgspec import Struct

from .source import Source
from .xmpp import StanzaError, Update


class Subscription(Struct, frozen=True, kw_only=True, gc=False):
    """
    A subscribe or unsubscribe request with what came of it.

    Attributes:
        unsubscribe: It is an unsubscribe.
        node: As asked.
        jid: As asked.
        service: `to` of the request.
        state: Of the result: subscribed, pending, …; None without result.
        error: Of an error answer.
        answered: Whether any answer came.
        latency_ns: From request to answer.
        source: The request.
        answer: The answer.
    """

    unsubscribe: bool = False
    node: str | None
    jid: str | None
    service: str | None
    state: str | None = None
    error: StanzaError | None = None
    answered: bool = False
    latency_ns: int | None = None
    source: Source
    answer: Source | None = None


class Delivery(Struct, frozen=True, kw_only=True, gc=False):
    """
    One item of an event that reached the client.

    Attributes:
        node: Where it was published.
        item: Item id.
        sender: `from` of the message.
        retracted: It is a retraction.
        update: The Finesse notification.
        problem: Why a notification could not be read.
        delayed: It was replayed.
        published_ns: When it was sent first, by the server's clock; None if it does not say.
        subids: `SubID` headers of the message.
        time_ns: When; None if unknown.
        source: The message.
    """

    node: str | None
    item: str | None
    sender: str | None
    retracted: bool = False
    update: Update | None = None
    problem: str | None = None
    delayed: bool = False
    published_ns: int | None = None
    subids: tuple[str, ...] = ()
    time_ns: int | None
    source: Source
