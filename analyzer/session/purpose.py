"""
Which connections are meant for the XMPP of a client.

A desktop opens others beside it: Live Data, chat, gadgets. What becomes of those is no fault of the
login.
"""

from ..model.http import path_of
from ..model.profile import Profile
from ..model.session import Carrier
from ..model.websocket import Upgrade
from ..model.xmpp import Open, StanzaKind
from .identity import carrier_of
from .trace import Trace

_ANY_XML = frozenset({StanzaKind.OTHER, StanzaKind.MALFORMED})

_OPENING = 4
"""Both headers stand among so many elements."""


def is_meant_for_xmpp(trace: Trace, profile: Profile) -> bool:
    """
    Whether XMPP was spoken, agreed on, or is what the address is for.

    An address alone decides only where nothing else was said on the socket. What servers and
    components say to each other (RFC 6120 section 4.8.3, XEP-0114) is nobody's login.
    """
    if trace.stanza_count:
        return carrier_of(trace) is not Carrier.TCP or _is_of_a_client(trace)
    upgrade = trace.upgrade
    if upgrade is None:
        return False
    if "xmpp" in {upgrade.subprotocol, *upgrade.offered}:
        return True
    return not trace.message_count and _path(upgrade).startswith(profile.paths)


def _is_of_a_client(trace: Trace) -> bool:
    """Whether it is XMPP at all, and not that of servers."""
    if all(stanza.kind in _ANY_XML for stanza in trace.stanzas):
        return False
    opened = (stanza.payload for stanza in trace.stanzas[:_OPENING])
    return not any(isinstance(said, Open) and said.content is not None for said in opened)


def _path(upgrade: Upgrade) -> str:
    request = upgrade.exchange.request
    return "" if request is None else path_of(request.url)
