"""What stands between two captures, how bad it is, and how much was lost."""

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import Party
from analyzer.model.joined import Disagreed, Disagreement, MatchedBy, Part
from analyzer.model.rule import Effect
from analyzer.model.source import Direction, PacketSource
from analyzer.rules.joined.sides import between, effect, places, told, words
from tests.rules.said import session

SEEN, OTHER = PacketSource(0, 7, 7, None), PacketSource(1, 3, 3, None)

LOST = Disagreed(
    kind=Disagreement.LEFT_NOT_ARRIVED, direction=Direction.TO_SERVER, seen=SEEN, stanzas=2
)


@pytest.mark.parametrize(
    ("by", "party"),
    [
        (MatchedBy.TLS_RANDOM, Party.NETWORK),
        (MatchedBy.WEBSOCKET_KEY, Party.NETWORK),
        (MatchedBy.ADDRESSES, Party.NETWORK),
        (MatchedBy.STREAM_ID, Party.PROXY),
        (MatchedBy.STANZAS, Party.PROXY),
    ],
)
def test_what_stands_between(by: MatchedBy, party: Party) -> None:
    har = Part(capture=2, matched_by=MatchedBy.STREAM_ID, har=True)
    parts = (Part(capture=0), har, Part(capture=1, matched_by=by))
    assert between(replace(session(), parts=parts)) is party


def test_what_it_does() -> None:
    one = session()
    left = replace(one, close=replace(one.close, orderly=True))
    assert effect(left) is Effect.DEGRADES
    assert effect(one) is Effect.BREAKS


def test_disagreements_of_a_kind() -> None:
    end = replace(LOST, kind=Disagreement.END)
    one = replace(session(), disagreements=(LOST, end))
    assert [*told(one, Disagreement.END)] == [end]


def test_both_places() -> None:
    assert places(LOST) == (SEEN,)
    assert places(replace(LOST, other=OTHER)) == (SEEN, OTHER)


def test_how_much_from_where_to_where() -> None:
    assert words(LOST) == {
        "amount": 2,
        "unit": "messages",
        "sender": "client",
        "receiver": "server",
    }
    back = replace(LOST, direction=Direction.TO_CLIENT, stanzas=0, octets=80)
    assert words(back) == {
        "amount": 80,
        "unit": "octets",
        "sender": "server",
        "receiver": "client",
    }
