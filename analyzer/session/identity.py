"""Who, where, and what the recording can show of it."""

from collections.abc import Sequence

from ..model.flow import GapReason
from ..model.http import field
from ..model.session import Carrier, Needs, SeenIn
from ..model.source import Direction
from ..model.websocket import Upgrade
from ..model.xmpp import STANZAS, Auth, Bind, Open, Stanza, StanzaKind, bare, local_part
from .locked import is_locked
from .login import Login
from .trace import Trace

_SECURE = {"wss": True, "https": True, "ws": False, "http": False}
_SOCKET = {"http": "ws", "https": "wss"}


_NEEDS = {
    Carrier.WEBSOCKET: Needs.WEBSOCKET,
    Carrier.BOSH: Needs.BOSH,
    Carrier.TCP: Needs.TCP,
}


def carrier_of(trace: Trace) -> Carrier:
    """What carries the XMPP stream: WebSocket, unless it was spoken without."""
    if trace.bosh is not None:
        return Carrier.BOSH
    if is_locked(trace):
        return Carrier.UNKNOWN
    spoken = trace.protocols
    framed = "websocket" in spoken or trace.upgrade is not None or trace.message_count
    if "xmpp" in spoken and not framed:
        return Carrier.TCP
    return Carrier.WEBSOCKET


def url_of(trace: Trace) -> str | None:
    """What was spoken to, without query: that may hold a token."""
    return trace.bosh.url or None if trace.bosh is not None else _socket_url(trace.upgrade)


def _socket_url(upgrade: Upgrade | None) -> str | None:
    request = upgrade.exchange.request if upgrade is not None else None
    if request is None or not request.url:
        return None
    url = request.url.partition("#")[0].partition("?")[0]
    scheme, separator, rest = url.partition("://")
    return f"{_SOCKET.get(scheme.lower(), scheme)}://{rest}" if separator else url


def user_agent_of(trace: Trace) -> str | None:
    """`User-Agent` of the upgrade, or of the requests of BOSH."""
    upgrade = trace.upgrade
    request = upgrade.exchange.request if upgrade is not None else None
    return field(request.headers, "User-Agent") if request is not None else trace.user_agent


def encrypted_of(trace: Trace, url: str | None) -> bool | None:
    """Whether TLS was used; None if nothing tells."""
    if trace.tls is not None or "tls" in trace.protocols:
        return True
    scheme = (url or "").partition("://")[0].lower()
    if scheme in _SECURE:
        return _SECURE[scheme]
    bare = trace.frame_facts() or carrier_of(trace) is Carrier.TCP
    return False if trace.stanzas and bare else None


def jid_of(stanzas: Sequence[Stanza]) -> str | None:
    """The full JID that the server bound."""
    results = (
        stanza.payload.jid
        for stanza in stanzas
        if stanza.kind is StanzaKind.IQ
        and isinstance(stanza.payload, Bind)
        and stanza.direction is Direction.TO_CLIENT
    )
    return next((jid for jid in results if jid), None)


def resource_of(login: Login) -> str | None:
    """The resource the client asked for."""
    asked = login.binds[0].payload if login.binds else None
    return asked.resource if isinstance(asked, Bind) else None


def domain_of(login: Login) -> str | None:
    """`to` of the client's first `<open/>`."""
    said = login.opens[0].payload if login.opens else None
    return said.to if isinstance(said, Open) else None


def agent_of(jid: str | None, login: Login, stanzas: Sequence[Stanza]) -> str | None:
    """
    Bare JID of the client.

    The bound JID says it; else the name it logged in with; else, in a recording that began late,
    its own `from`, or the `to` of what the server sent it.
    """
    if jid is not None:
        return bare(jid)
    named = next((n for n in (_account(stanza) for stanza in reversed(login.auths)) if n), None)
    if named is not None:
        domain = domain_of(login)
        return named.lower() if "@" in named or domain is None else f"{named}@{domain}".lower()
    addresses = (
        stanza.sender if stanza.direction is Direction.TO_SERVER else stanza.receiver
        for stanza in stanzas
        if stanza.kind in STANZAS
    )
    return next((bare(address) for address in addresses if address and local_part(address)), None)


def _account(stanza: Stanza) -> str | None:
    said = stanza.payload
    return said.authcid or said.authzid if isinstance(said, Auth) else None


def started_late(trace: Trace, stanzas: Sequence[Stanza]) -> bool:
    """
    Whether the recording began after the session did.

    Its handshake, its SYN or the client's `<open/>` in front shows that it did not; in BOSH the
    request that created it.
    """
    connection = trace.connection
    if trace.bosh is not None:
        return not any(turn.creation for turn in trace.bosh.turns)
    if trace.upgrade is not None or (connection is not None and connection.syn_seen):
        return False
    if not stanzas:
        return trace.tls is not None and trace.tls.client_hello is None
    opened = stanzas[0].kind is StanzaKind.OPEN
    return not opened or stanzas[0].direction is Direction.TO_CLIENT


def needs_met(trace: Trace, seen_in: SeenIn, *, late: bool) -> frozenset[Needs]:
    """What the recording can show; a rule that needs more is skipped."""
    packets = seen_in is not SeenIn.HAR
    met = {Needs.PACKETS} if packets else {Needs.HAR}
    carried = _NEEDS.get(carrier_of(trace))
    if carried is not None:
        met.add(carried)
    if sees_messages(trace, packets=packets):
        met |= {Needs.MESSAGES, Needs.END}
    if packets and trace.tls is not None:
        met |= {Needs.TLS, Needs.END}
    if packets and trace.frame_facts():
        met.add(Needs.FRAMES)
    upgrade = trace.upgrade
    request = upgrade.exchange.request if upgrade is not None else None
    if request is not None and request.headers and not trace.handshake_cut:
        met.add(Needs.HTTP)
    stamped = [stanza.source.time_ns for stanza in trace.stanzas]
    if any(time is not None for time in stamped) or (not stamped and trace.last_ns):
        met.add(Needs.TIMES)
    if not late:
        met.add(Needs.START)
    return frozenset(met)


def sees_messages(trace: Trace, *, packets: bool) -> bool:
    """Whether stanzas would show: none at all is a fact only where nothing hides them."""
    if trace.bosh is not None:
        return trace.bosh.bodies_missing < trace.bosh.turn_count
    if trace.stanza_count or trace.message_count:
        return True
    if is_locked(trace) or any(gap.reason is GapReason.OPAQUE for gap in trace.gaps):
        return False
    if packets or trace.upgrade is None or not trace.upgrade.accepted:
        return True
    # A HAR without a list of messages behind an accepted upgrade: its producer writes none.
    return trace.socket_end is not None and trace.socket_end.recorded
