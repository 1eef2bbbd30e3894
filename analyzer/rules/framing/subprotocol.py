"""Whether a WebSocket was refused for want of the subprotocol xmpp, and whose fault that is."""

import re
from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit
from ...model.websocket import Upgrade

_NOT_ECHOED = re.compile(r"Sent non-empty 'Sec-WebSocket-Protocol' header but no response")
"""What Chrome says where the answer lacks what was offered."""

_REFUSED = frozenset({400, 403, 404, 405, 406, 500, 501, 503})
"""What servers of XMPP answer to a request that does not offer it."""


def refused(upgrade: Upgrade | None) -> Iterator[Hit]:
    """A handshake that failed for want of it, with who left it out."""
    if upgrade is None or upgrade.exchange.request is None:
        return
    exchange = upgrade.exchange
    place, response = (upgrade.exchange.request.source,), exchange.response
    if _NOT_ECHOED.search(exchange.error or ""):
        yield Hit(place, {"side": "server"}, effect=Effect.BREAKS, party=Party.PROXY)
    elif "xmpp" not in upgrade.offered and response is not None and response.status in _REFUSED:
        yield Hit(place, {"side": "client"}, effect=Effect.BREAKS, party=Party.CLIENT)
