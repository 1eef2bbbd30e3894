"""Whether a WebSocket was refused for want of the subprotocol xmpp, and whose fault that is."""

import re

from ...model.diagnosis import Party
from ...model.websocket import Upgrade

_NOT_ECHOED = re.compile(r"Sent non-empty 'Sec-WebSocket-Protocol' header but no response")
"""What Chrome says where the answer lacks what was offered."""

_REFUSED = frozenset({400, 403, 404, 405, 406, 500, 501, 503})
"""What servers of XMPP answer to a request that does not offer it."""


def to_blame(upgrade: Upgrade) -> Party | None:
    """Who left it out of a handshake that failed; None if that was not the reason."""
    if _NOT_ECHOED.search(upgrade.exchange.error or ""):
        return Party.PROXY
    response = upgrade.exchange.response
    if response is None or response.status not in _REFUSED or "xmpp" in upgrade.offered:
        return None
    return Party.CLIENT
