"""The rules of the handshake see what was recorded of it, and no more."""

import pytest
from msgspec.structs import replace

from analyzer.model.http import Exchange
from analyzer.model.rule import Effect
from analyzer.model.websocket import Upgrade
from analyzer.rules import shelf
from analyzer.rules.websocket.handshake import asked, effect_of_refusal, granted
from analyzer.rules.websocket.ws_001_request import RULE as REQUEST
from tests.rules.climb import climb
from tests.rules.said import session


def test_without_handshake_there_is_nothing_to_see() -> None:
    bare = session()
    assert not [*asked(bare), *granted(bare)]
    nothing = Upgrade(exchange=Exchange(request=None, response=None), accepted=True)
    unseen = replace(bare, upgrade=nothing)
    assert not [*asked(unseen), *granted(unseen)]


def test_a_refused_upgrade_was_asked_for_but_not_granted() -> None:
    (refused,) = climb("@no-upgrade 403 Forbidden").sessions
    ((upgrade, request),) = asked(refused)
    assert request.method == "GET"
    assert list(granted(refused)) == []
    assert effect_of_refusal(upgrade) is Effect.BREAKS


def test_a_granted_upgrade_has_both() -> None:
    (login,) = climb("@login").sessions
    ((upgrade, response),) = granted(login)
    assert response.status == 101
    assert [each for each, _ in asked(login)] == [upgrade]
    assert effect_of_refusal(upgrade) is Effect.NONE


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, []),
        ({"method": "POST"}, ["GET"]),
        ({"version": "HTTP/1.0"}, ["HTTP/1.1"]),
        ({"version": ""}, []),
        (
            {"headers": (("Host", "h"),)},
            ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key"],
        ),
        (
            {
                "headers": (
                    ("UPGRADE", "h2c, WebSocket"),
                    ("connection", "keep-alive"),
                    ("Connection", "upgrade"),
                    ("sec-websocket-key", "x"),
                )
            },
            [],
        ),
    ],
)
def test_what_a_request_lacks(changes: dict[str, object], lacking: list[str]) -> None:
    (login,) = climb("@login").sessions
    ((upgrade, request),) = asked(login)
    exchange = replace(upgrade.exchange, request=replace(request, **changes))
    seen = replace(login, upgrade=replace(upgrade, exchange=exchange))
    findings, _ = shelf.run([seen], [REQUEST])
    assert [f.values for f in findings] == ([{"lacking": ", ".join(lacking)}] if lacking else [])
    assert all(f.effect is Effect.NONE for f in findings)
