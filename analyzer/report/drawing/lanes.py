"""Between whom the arrows of a ladder go: browser, proxy, node, and the node behind a fail-over."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from ...model.flow import Connection
from ...model.history import RETURNS, Chapter
from ...model.http import field
from ...model.joined import Disagreement
from ...model.report import Report
from ...model.session import Session
from ...model.source import Source
from ..facts.evidence import duration
from ..language.texts import say
from ..language.visible import clipped, visible
from ..language.words import Words

_NAME_LENGTH = 120


class Lane(Struct, frozen=True, kw_only=True):
    """
    One who takes part.

    Attributes:
        role: "Browser", "Proxy", "Node A".
        name: Address, host, or what names the proxy; empty if unknown.
    """

    role: str
    name: str = ""


class Onward(Struct, frozen=True, kw_only=True):
    """
    Where the agent went on behind the end of a session: on another node.

    Attributes:
        node: As a lane.
        text: Says so.
        session: Number of the session there.
        time_ns: When.
    """

    node: Lane
    text: str
    session: int
    time_ns: int | None


class Scene(Struct, frozen=True, kw_only=True):
    """
    What a ladder shows beside the rows.

    Attributes:
        lanes: From the client to the server.
        lost: Keys of the rows that one recording shows and that did not reach the other.
        onward: Where the agent went on; None if that is not another node.
        whole: Every stanza is among the rows: where none is, nothing was said.
    """

    lanes: tuple[Lane, ...]
    lost: frozenset[str] = frozenset()
    onward: Onward | None = None
    whole: bool = True


def scene(
    session: Session, report: Report, words: Words, anchors: Mapping[Source, str] | None = None
) -> Scene:
    """
    Who takes part in a session.

    Args:
        session: Of the report.
        report: With the histories of the agents.
        words: The language.
        anchors: Keys of the rows by place.
    """
    chapters = [
        chapter
        for history in report.histories
        if session.number in history.sessions
        for chapter in history.chapters
    ]
    return Scene(
        lanes=tuple(_lanes(session, chapters, words)),
        lost=frozenset(_lost(session, anchors or {})),
        onward=_onward(session, chapters, words),
        whole=session.has_all_stanzas(),
    )


def _lanes(session: Session, chapters: Sequence[Chapter], words: Words) -> Iterator[Lane]:
    browser = "mozilla" in (session.user_agent or "").lower()
    connection = session.connection
    address = "" if connection is None or connection.client is None else str(connection.client)
    yield Lane(role=words["lane.browser" if browser else "lane.client"], name=_shown(address))
    proxy = _proxy(session)
    if proxy is not None:
        yield Lane(role=words["lane.proxy"], name=_shown(proxy))
    side = next((c.side for c in chapters if c.session == session.number and c.side), None)
    host = next((c.server for c in chapters if c.session == session.number), session.server)
    yield node(host, side, words)


def node(host: str, side: str | None, words: Words) -> Lane:
    """The lane of a node; `side` is "A" or "B" where that is known."""
    role = words["lane.node"] if side is None else say(words, "lane.node.side", side=side)
    return Lane(role=role, name=_shown(host))


def _shown(text: str) -> str:
    return clipped(visible(text), _NAME_LENGTH)


def _proxy(session: Session) -> str | None:
    """
    The name of a proxy that surely stood in between, as far as it has one; None without one.

    A Via header is what a proxy must write (RFC 9110 section 7.6.3). Of two captures of a session
    with other sequence numbers each is of another connection, so something took it apart.
    """
    response = None if session.upgrade is None else session.upgrade.exchange.response
    via = None if response is None else field(response.headers, "via")
    if via is not None:
        return via
    connections = [part.connection for part in session.parts if part.connection is not None]
    for near, far in pairwise(connections):
        if _apart(near, far):
            return str(near.server)
    return None


def _apart(near: Connection, far: Connection) -> bool:
    """Whether two connections cannot be one that was merely given other addresses (NAT)."""
    known = near.sequence is not None and far.sequence is not None
    return known and near.sequence != far.sequence


def _lost(session: Session, anchors: Mapping[Source, str]) -> Iterator[str]:
    """The rows of stanzas that left one side and did not reach the other."""
    for told in session.disagreements:
        if told.kind is not Disagreement.LEFT_NOT_ARRIVED or not told.stanzas:
            continue
        behind = [s for s in session.stanzas if s.direction is told.direction]
        places = [stanza.source for stanza in behind]
        if told.seen in places:
            first = places.index(told.seen)
            for place in places[first : first + told.stanzas]:
                if place in anchors:
                    yield anchors[place]


def _onward(session: Session, chapters: Sequence[Chapter], words: Words) -> Onward | None:
    """The first return of the agent behind this session, if it was to another node."""
    here = False
    own = next((c.server for c in chapters if c.session == session.number), None)
    for chapter in chapters:
        if chapter.session == session.number:
            here = True
        elif here and chapter.what in RETURNS and chapter.session is not None:
            if chapter.server == own:
                return None
            lane = node(chapter.server, chapter.side, words)
            away = chapter.span_ns or 0
            return Onward(
                node=lane,
                text=say(
                    words,
                    "ladder.onward",
                    node=lane.name,
                    number=chapter.session,
                    duration=duration(away, words),
                ),
                session=chapter.session,
                time_ns=chapter.time_ns,
            )
    return None
