"""A session on BOSH as entries of a HAR: a POST each, with its `<body/>` and its answer."""

from bisect import bisect_right
from collections.abc import Iterator
from html import escape
from typing import Final

from ...model.bosh import TurnFacts
from ...model.har import Numeral, Tree
from ...model.http import Exchange
from ...model.session import Session
from ...model.source import Direction, HarSource, Source
from ...model.xmpp import Stanza, StanzaKind
from .parts import entry, secured
from .stanzas import stanzas_of, xml_of

_NAMESPACES: Final = (
    "xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh'"
    " xmlns:stream='http://etherx.jabber.org/streams'"
)

_TYPE: Final = "text/xml; charset=utf-8"

_Place = tuple[int, int]

_Held = tuple[dict[str, str], list[Stanza]]
"""What names the session in a `<body/>`, and what that holds."""


def bosh_entries(session: Session) -> Iterator[tuple[int | None, Tree]]:
    """When each request went, and its entry."""
    bosh = session.bosh
    if bosh is None:
        return
    turns = [*bosh.turns, *bosh.latest]
    sid = {} if bosh.sid is None else {"sid": bosh.sid}
    asked = _shared(session, turns, Direction.TO_SERVER)
    answered = _shared(session, turns, Direction.TO_CLIENT)
    address = secured(bosh.url, encrypted=session.encrypted, schemes=("http", "https"))
    for turn, sent, got in zip(turns, asked, answered, strict=True):
        # The answer to the first request names the session, every other request does.
        names = ({}, sid) if turn.creation else (sid, {})
        yield turn.asked_ns, _entry(session, turn, address, (names[0], sent), (names[1], got))


def _entry(session: Session, turn: TurnFacts, address: str, sent: _Held, got: _Held) -> Tree:
    source = turn.asked or turn.answered
    exchange = Exchange(request=None, response=None, error=turn.error)
    fields = entry(session, exchange, address, (turn.asked_ns, turn.answered_ns), source)
    fields["request"]["method"] = "POST"
    agent = session.user_agent
    headers = [{"name": "Content-Type", "value": _TYPE}]
    fields["request"]["headers"] = headers + (
        [{"name": "User-Agent", "value": agent}] if agent else []
    )
    if turn.asked is not None:
        text = _body(turn.request | _rid(turn), sent)
        fields["request"]["postData"] = {"mimeType": _TYPE, "text": text}
    response = fields["response"]
    response["status"] = Numeral(str(turn.status))
    if turn.status:
        response["headers"] = [{"name": "Content-Type", "value": _TYPE}]
    if turn.response or got[1] or (turn.status == 200 and turn.answered is not None):
        text = _body(turn.response, got)
        response["content"] = {"size": Numeral(str(len(text))), "mimeType": _TYPE, "text": text}
    fields["connection"] = str(turn.connection)
    return fields


def _rid(turn: TurnFacts) -> dict[str, str]:
    return {} if turn.rid is None else {"rid": str(turn.rid)}


def _body(attributes: dict[str, str], held: _Held) -> str:
    """A `<body/>` (XEP-0124 section 4) as it was, but for the order of its attributes."""
    names, stanzas = held
    said = {**attributes, **names}
    text = "".join(f" {name}='{escape(value)}'" for name, value in said.items())
    inner = "".join(xml_of(stanza) for stanza in stanzas if not _is_wrapper(stanza))
    return f"<body{text} {_NAMESPACES}>{inner}</body>" if inner else f"<body{text} {_NAMESPACES}/>"


def _is_wrapper(stanza: Stanza) -> bool:
    """Whether it stands for what the attributes of a `<body/>` say."""
    return stanza.kind in {StanzaKind.OPEN, StanzaKind.CLOSE} and stanza.name.endswith("}body")


def _shared(session: Session, turns: list[TurnFacts], direction: Direction) -> list[list[Stanza]]:
    """For each turn the stanzas that its request, or its response, brought."""
    shared: list[list[Stanza]] = [[] for _ in turns]
    begins: list[tuple[_Place, int]] = []
    for index, turn in enumerate(turns):
        source = turn.asked if direction is Direction.TO_SERVER else turn.answered
        if source is not None:
            begins.append((_place(source), index))
    begins.sort()
    places = [place for place, _ in begins]
    for stanza in stanzas_of(session):
        at = bisect_right(places, _place(stanza.source)) - 1
        if stanza.direction is direction and at >= 0:
            shared[begins[at][1]].append(stanza)
    return shared


def _place(source: Source) -> _Place:
    if isinstance(source, HarSource):
        return source.entry, source.element or 0
    return source.first, source.offset or 0
