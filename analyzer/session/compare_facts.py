"""What stands around two sessions and is not the same: server, proxy, browser, TLS."""

from collections.abc import Iterator

from ..model.comparison import Fact, FactKind
from ..model.http import Headers, Response, field, host_of, path_of
from ..model.session import Carrier, CloseKind, SeenIn, Session
from ..model.xmpp import Auth, Features, StanzaKind

_Named = tuple[FactKind, str]

_UNIMPORTANT = frozenset({FactKind.AGENT, FactKind.CLIENT, FactKind.END, FactKind.RECORDED})
"""Who, when and by what it was recorded is told, and makes no difference."""


def facts(good: Session, bad: Session) -> tuple[Fact, ...]:
    """
    Facts that both sessions show and that differ, and header fields that only one response has.

    What one of them cannot show is no difference.
    """
    mine, yours = dict(_facts(good)), dict(_facts(bad))
    found = []
    for named in (*mine, *(named for named in yours if named not in mine)):
        kind, name = named
        one, other = mine.get(named), yours.get(named)
        if one == other or (kind is FactKind.RESOLVED and not _apart(one, other)):
            continue
        if one is not None and other is not None:
            matters = kind not in _UNIMPORTANT
            found.append(Fact(kind=kind, name=name, good=one, bad=other, matters=matters))
    return (*found, *_headers(good, bad))


def _apart(one: str | None, other: str | None) -> bool:
    """Whether two lists have nothing in common: a name server deals addresses out in turn."""
    return set((one or "").split(", ")).isdisjoint((other or "").split(", "))


def _facts(session: Session) -> Iterator[tuple[_Named, str]]:
    for kind, value in (
        *_where(session),
        *_upgrade(session),
        *_tls(session),
        *_stream(session),
        *_installation(session),
        *_who(session),
    ):
        if value:
            yield (kind, ""), value


def _where(session: Session) -> Iterator[tuple[FactKind, str | None]]:
    if session.carrier is not Carrier.UNKNOWN:
        yield FactKind.CARRIER, session.carrier.value
    host, _, port = session.server.rpartition(":")
    url = session.bosh.url if session.bosh is not None else session.url
    name = host_of(url or "") or (session.tls.server_name if session.tls is not None else None)
    yield FactKind.HOST, name.lower() if name else None
    yield FactKind.PORT, port
    yield FactKind.PATH, path_of(url or "")
    if session.encrypted is not None:
        yield FactKind.ENCRYPTED, "yes" if session.encrypted else "no"
    if session.seen_in is not SeenIn.HAR:
        yield FactKind.ADDRESS, host
    found = {address for one in session.resolutions for address in one.addresses}
    yield FactKind.RESOLVED, ", ".join(sorted(found))


def _upgrade(session: Session) -> Iterator[tuple[FactKind, str | None]]:
    yield FactKind.USER_AGENT, session.user_agent
    upgrade = session.upgrade
    if upgrade is None:
        return
    request, response = upgrade.exchange.request, upgrade.exchange.response
    if request is not None:
        yield FactKind.ORIGIN, field(request.headers, "origin")
    if upgrade.accepted and response is not None:
        if session.seen_in is not SeenIn.HAR:
            # Chrome writes HTTP/1.1 of WebSockets over HTTP/2, too.
            yield FactKind.HTTP_VERSION, response.version.upper()
        yield FactKind.SUBPROTOCOL, upgrade.subprotocol or "none"
        yield FactKind.EXTENSIONS, upgrade.extensions or "none"


def _tls(session: Session) -> Iterator[tuple[FactKind, str | None]]:
    tls = session.tls
    if tls is None:
        return
    yield FactKind.TLS_VERSION, tls.version
    yield FactKind.CIPHER, tls.cipher_suite
    yield FactKind.SERVER_NAME, tls.server_name
    yield FactKind.ALPN, tls.alpn
    if tls.certificates:
        leaf = tls.certificates[0]
        yield FactKind.CERTIFICATE, f"{leaf.subject}, SHA-256 {leaf.sha256}"
        yield FactKind.ISSUER, "itself" if leaf.self_signed else leaf.issuer


def _stream(session: Session) -> Iterator[tuple[FactKind, str | None]]:
    if session.bosh is not None:
        agreed = {
            "wait": session.bosh.wait_s,
            "hold": session.bosh.hold,
            "requests": session.bosh.requests,
            "inactivity": session.bosh.inactivity_s,
            "polling": session.bosh.polling_s,
        }
        told = (f"{name} {value}" for name, value in agreed.items() if value is not None)
        yield FactKind.BOSH, ", ".join(told)
    yield FactKind.DOMAIN, session.domain
    yield FactKind.RESOURCE, session.resource
    features = [s.payload for s in session.stanzas if isinstance(s.payload, Features)]
    offers = next((one for one in features if one.mechanisms), None)
    if offers is not None:
        yield FactKind.MECHANISMS, ", ".join(sorted(offers.mechanisms))
    auths = (s.payload for s in session.stanzas if s.kind is StanzaKind.AUTH)
    used = [a.mechanism for a in auths if isinstance(a, Auth) and a.mechanism]
    yield FactKind.MECHANISM, ", ".join(dict.fromkeys(used))
    caps = next((one.caps for one in features if one.caps is not None), None)
    if caps is not None:
        yield FactKind.CAPS, f"{caps.node or ''}#{caps.ver or ''}"
    behind = next((one for one in features if one.bind), None)
    if behind is not None:
        flags = {"session": behind.session, "stream management": behind.stream_management}
        offered = ["bind", *(name for name, so in flags.items() if so), *sorted(behind.others)]
        yield FactKind.FEATURES, ", ".join(offered)


def _installation(session: Session) -> Iterator[tuple[FactKind, str | None]]:
    info = session.system_info
    if info is None:
        return
    yield FactKind.SYSTEM_STATUS, info.status
    yield FactKind.NODES, ", ".join(n for n in (info.primary_node, info.secondary_node) if n)
    yield FactKind.DEPLOYMENT, info.deployment
    yield FactKind.AUTHENTICATION, info.authentication
    yield FactKind.XMPP_DOMAIN, info.xmpp_domain
    yield FactKind.PUBSUB_DOMAIN, info.pubsub_domain


def _who(session: Session) -> Iterator[tuple[FactKind, str | None]]:
    yield FactKind.AGENT, session.agent
    connection = session.connection
    if connection is not None and connection.client is not None:
        yield FactKind.CLIENT, connection.client.host
    if session.close.kind is not CloseKind.UNKNOWN:
        by = f" by {session.close.by.value}" if session.close.by is not None else ""
        yield FactKind.END, f"{session.close.kind.value}{by}"
    yield FactKind.RECORDED, session.seen_in.value


_TOLD = frozenset({"server", "via", "x-powered-by", "alt-svc", "strict-transport-security"})
"""Fields that servers and proxies add, with values that say who they are."""

_RANDOM = 12
"""A value with as many digits is another one for each request; only whether it is there counts."""


def _headers(good: Session, bad: Session) -> Iterator[Fact]:
    mine, yours = _response(good), _response(bad)
    if mine is None or yours is None or not (mine.headers and yours.headers):
        # Of an upgrade that failed, browsers write no fields.
        return
    one, other = _added(mine.headers), _added(yours.headers)
    for name in (*one, *(name for name in other if name not in one)):
        here, there = one.get(name), other.get(name)
        if here != there and (name in _TOLD or not _is_random(here, there)):
            yield Fact(kind=FactKind.HEADER, name=name, good=here, bad=there)


def _response(session: Session) -> Response | None:
    """What answered the upgrade."""
    return None if session.upgrade is None else session.upgrade.exchange.response


def _added(headers: Headers) -> dict[str, str]:
    """Fields that tell of a server or proxy, by name in lower case; never cookies."""
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in _TOLD or lower.startswith("x-"):
            found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return found


def _is_random(here: str | None, there: str | None) -> bool:
    """Whether two values, where both are there, look like ids."""
    digits = (sum(letter in "0123456789abcdef-" for letter in one or "") for one in (here, there))
    return min(digits) >= _RANDOM
