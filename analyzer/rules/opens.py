"""What opens a stream, whatever carries it (RFC 6120 section 4.7, RFC 7395 section 3.4)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..model.rule import Hit, Value
from ..model.session import Session
from ..model.source import Direction
from ..model.xmpp import Open, Stanza
from .progress import effect_of_stop
from .violations import SIDES, blamed


def incomplete_opens(session: Session) -> Iterator[Hit]:
    """A hit for each side whose stream was opened without what it must say of itself."""
    for direction, (side, _) in SIDES.items():
        bad = [(s, lacks) for s in session.negotiation if (lacks := _lacking(s, direction))]
        if bad:
            values: dict[str, Value] = {"side": side, "lacking": bad[0][1]}
            effect = effect_of_stop(session)
            yield Hit((bad[0][0].source,), values, effect=effect, party=blamed(side))


def _lacking(stanza: Stanza, direction: Direction) -> str:
    """What is not there; the stream id has a rule of its own."""
    said = stanza.payload
    if stanza.direction is not direction or not isinstance(said, Open) or not stanza.complete:
        return ""
    who = ("to", said.to) if direction is Direction.TO_SERVER else ("from", said.sender)
    lacking = [who[0]] if not who[1] else []
    lacking += [] if said.version == "1.0" else ["version='1.0'"]
    return ", ".join(lacking)


class OtherDomain(NamedTuple):
    """
    A server that opened its stream for another domain than it was asked for.

    Attributes:
        stanza: What the server said.
        asked: `to` of the client.
        answered: `from` of the server.
    """

    stanza: Stanza
    asked: str
    answered: str


def other_domain(stanzas: Iterable[Stanza]) -> OtherDomain | None:
    """The first answer for another domain; None if there is none."""
    asked: str | None = None
    for stanza in stanzas:
        said = stanza.payload if stanza.complete else None
        if not isinstance(said, Open):
            continue
        if stanza.direction is Direction.TO_SERVER:
            asked = said.to
        elif asked and said.sender and said.sender.lower() != asked.lower():
            return OtherDomain(stanza, asked, said.sender)
    return None
