"""The opening handshake, for the rules that look at its headers (RFC 6455 section 4)."""

from collections.abc import Iterator

from ...model.http import Request, Response
from ...model.rule import Effect
from ...model.session import Session
from ...model.websocket import Upgrade


def asked(session: Session) -> Iterator[tuple[Upgrade, Request]]:
    """The upgrade with its request, where that was recorded."""
    upgrade = session.upgrade
    if upgrade is not None and upgrade.exchange.request is not None:
        yield upgrade, upgrade.exchange.request


def granted(session: Session) -> Iterator[tuple[Upgrade, Response]]:
    """The upgrade with its response, where the server accepted."""
    upgrade = session.upgrade
    if upgrade is not None and upgrade.accepted and upgrade.exchange.response is not None:
        yield upgrade, upgrade.exchange.response


def effect_of_refusal(upgrade: Upgrade) -> Effect:
    """BREAKS where the server refused, NONE where it did not mind."""
    return Effect.NONE if upgrade.accepted else Effect.BREAKS
