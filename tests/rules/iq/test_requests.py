"""Requests that have rules of their own are left to them; the others are named in a word."""

import pytest
from msgspec.structs import replace

from analyzer.model.session import Iq
from analyzer.model.source import Side
from analyzer.model.xmpp import (
    Bind,
    OtherPayload,
    Payload,
    Ping,
    Pubsub,
    PubsubAction,
    Roster,
    SessionRequest,
    StanzaKind,
)
from analyzer.rules.iq.requests import asked_for, by_client, plain_requests
from tests.rules.said import session, stanza


def asked(payload: Payload | None, side: Side = Side.CLIENT) -> Iq:
    request = stanza(side, StanzaKind.IQ, payload, type_="get")
    return Iq(request=request, answer=None, latency_ns=None)


def test_login_pings_and_subscriptions_are_told_elsewhere() -> None:
    plain = (
        asked(Roster()),
        asked(None),
        asked(Pubsub(action=PubsubAction.ITEMS)),
        asked(OtherPayload(names=("{jabber:iq:version}query",)), Side.SERVER),
    )
    others = (
        asked(Bind()),
        asked(SessionRequest()),
        asked(Ping()),
        asked(Pubsub(action=PubsubAction.SUBSCRIBE)),
        asked(Pubsub(action=PubsubAction.UNSUBSCRIBE)),
    )
    seen = replace(session(), iqs=(*others, *plain))
    assert tuple(plain_requests(seen)) == plain
    assert [by_client(iq) for iq in plain] == [True, True, True, False]


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (Pubsub(action=PubsubAction.ITEMS), "pubsub items"),
        (OtherPayload(names=("{jabber:iq:version}query",)), "{jabber:iq:version}query"),
        (OtherPayload(), "nothing"),
        (Roster(), "roster"),
        (None, "nothing"),
    ],
)
def test_a_request_in_a_word(payload: Payload | None, word: str) -> None:
    assert asked_for(asked(payload).request) == word
