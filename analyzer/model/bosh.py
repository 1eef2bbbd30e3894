"""BOSH: XMPP in pairs of HTTP requests and responses (XEP-0124, XEP-0206)."""

from msgspec import Struct

from .anomaly import Anomaly
from .source import Direction, Source
from .xmpp import Stanza


class Body(Struct, frozen=True, kw_only=True, gc=False):
    """
    A `<body/>` wrapper.

    Attributes:
        direction: A request's or a response's.
        attributes: Its attributes, `xmpp:version` and the like by their local name behind
            "xmpp:", without xmlns.
        stanzas: What it holds, in order; `xmpp:restart`, creation and termination are told as the
            stanzas they stand for (kinds OPEN and CLOSE).
        octets: Length of the body as captured.
        source: Where it stands.
    """

    direction: Direction
    attributes: dict[str, str] = {}
    stanzas: tuple[Stanza, ...] = ()
    octets: int = 0
    source: Source

    @property
    def sid(self) -> str | None:
        """Session id."""
        return self.attributes.get("sid")

    @property
    def rid(self) -> int | None:
        """Request id; None if it is missing or no number."""
        rid = self.attributes.get("rid", "")
        return int(rid) if rid.isascii() and rid.isdigit() and len(rid) <= 16 else None


class Turn(Struct, frozen=True, kw_only=True, gc=False):
    """
    A request with its response.

    Attributes:
        url: Of the request, without query.
        method: Mostly POST.
        request: What the client sent; None if it was not captured or is no `<body/>`.
        response: What came back; None if nothing did, or it is no `<body/>`.
        status: HTTP status; 0 if no response came.
        error: What the browser said went wrong.
        asked: Place of the request; None if it was not captured.
        answered: Place of the response; None if none came.
        body_missing: The response had a body that the recording does not hold (HAR).
        anomalies: Oddities met in it.
        user_agent: Header of the request.
    """

    url: str
    method: str = "POST"
    request: Body | None = None
    response: Body | None = None
    status: int = 0
    error: str | None = None
    asked: Source | None = None
    answered: Source | None = None
    body_missing: bool = False
    anomalies: tuple[Anomaly, ...] = ()
    user_agent: str | None = None


class TurnFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    A turn of a session, without its stanzas.

    Attributes:
        rid: Request id.
        connection: Number of its connection (for a HAR the index of its entry).
        asked_ns: When the request went; None if unknown.
        answered_ns: When the response came; None if none did or it is unknown.
        status: HTTP status; 0 if no response came.
        error: What the browser said went wrong.
        creation: It asked for a session.
        empty: The request carried no element: it only waits for the server to speak, or its
            attributes say it all.
        encrypted: https; None if unknown.
        type: `type` of the response's body: "terminate", "error".
        condition: Of a termination.
        request: Attributes of the request's body.
        response: Attributes of the response's body; empty if there was none.
        asked: Place of the request.
        answered: Place of the response.
    """

    rid: int | None
    connection: int
    asked_ns: int | None
    answered_ns: int | None
    status: int
    error: str | None = None
    creation: bool = False
    empty: bool = False
    encrypted: bool | None = None
    type: str | None = None
    condition: str | None = None
    request: dict[str, str] = {}
    response: dict[str, str] = {}
    asked: Source | None = None
    answered: Source | None = None


class BoshFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    BOSH of one session.

    Attributes:
        sid: Session id; None if no response ever gave one.
        url: Without query.
        wait_s: As the server agreed, seconds; None if unknown.
        hold: Likewise.
        requests: How many may be open at once.
        inactivity_s: How long none need be open, seconds.
        polling_s: Least time between two empty requests when none is held, seconds.
        connections: Numbers of the connections used.
        turns: In order of their requests, the first 20,000.
        latest: The last 64 of those beyond that.
        turn_count: How many there were.
        terminated_by: "client" or "server"; None if nobody did.
        condition: Of the server's termination.
        bodies_missing: Responses whose bodies the recording does not hold.
    """

    sid: str | None
    url: str
    wait_s: int | None = None
    hold: int | None = None
    requests: int | None = None
    inactivity_s: int | None = None
    polling_s: int | None = None
    connections: tuple[int, ...] = ()
    turns: tuple[TurnFacts, ...] = ()
    latest: tuple[TurnFacts, ...] = ()
    turn_count: int = 0
    terminated_by: str | None = None
    condition: str | None = None
    bodies_missing: int = 0
