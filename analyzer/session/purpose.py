"""
Which connections are meant for the XMPP of a client.

A desktop opens others beside it: Live Data, chat, gadgets. What becomes of those is no fault of the
login.
"""

from urllib.parse import urlsplit

from ..model.profile import Profile
from ..model.websocket import Upgrade
from ..model.xmpp import Open
from .trace import Trace


def is_meant_for_xmpp(trace: Trace, profile: Profile) -> bool:
    """
    Whether XMPP was spoken, agreed on, or is what the address is for.

    An address alone decides only where nothing else was said on the socket. What servers and
    components say to each other (RFC 6120 section 4.8.3, XEP-0114) is nobody's login.
    """
    if trace.stanza_count:
        return not _is_between_servers(trace)
    upgrade = trace.upgrade
    if upgrade is None:
        return False
    if "xmpp" in {upgrade.subprotocol, *upgrade.offered}:
        return True
    return not trace.message_count and _path(upgrade).startswith(profile.paths)


def _is_between_servers(trace: Trace) -> bool:
    first = trace.stanzas[0] if trace.stanzas else None
    payload = first.payload if first is not None else None
    return isinstance(payload, Open) and payload.content is not None


def _path(upgrade: Upgrade) -> str:
    request = upgrade.exchange.request
    try:
        return "" if request is None else urlsplit(request.url).path
    except ValueError:  # a bracket without its partner, as captured
        return ""
