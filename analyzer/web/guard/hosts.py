"""By which names this server may be addressed: DNS rebinding brings any other one."""

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from starlette.types import Scope

from ..problems import Problem, ProblemCode
from ..settings import Settings
from .fields import every

AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,254})(?::([0-9]{1,5}))?")
"""Host and port as RFC 9110 section 7.2 has them, without the odder names of RFC 3986."""

TARGET = re.compile(rb"https?://([^/?#]*)(/.*)?", re.IGNORECASE | re.DOTALL)
"""A request target in absolute form, without its query."""

PORTS = {"http": 80, "https": 443}

WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - refused as names


class Authority(Struct, frozen=True):
    """
    A host and a port.

    Attributes:
        host: In lower case, without a last dot or brackets; addresses in their usual form.
        port: TCP port; None if it is the scheme's own.
    """

    host: str
    port: int | None


def authority(text: str) -> Authority | None:
    """Read a Host field; None if it is none."""
    found = AUTHORITY.fullmatch(text)
    if found is None:
        return None
    host, port = found.groups()
    if port is not None and not 0 < int(port) < 65_536:
        return None
    name = host.lower().removesuffix(".")
    if host.startswith("["):
        address = address_of(host[1:-1])
        name = str(address) if address else ""
    elif address := address_of(name):
        name = str(address)
    return Authority(name, int(port) if port else None) if name else None


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an IP address without a zone, an IPv4 one that is mapped into IPv6 as itself."""
    if "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def names_of(settings: Settings) -> frozenset[str]:
    """Names and addresses that the settings allow, besides loopback."""
    given = [*settings.hosts, settings.host, urlsplit(settings.public_url).netloc]
    return frozenset(filter(None, map(host_named, given)))


def host_named(text: str) -> str | None:
    """
    Read a name or address of this server as somebody writes it, with a port or without.

    None if it is none: a wildcard address is where to listen.
    """
    bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
    read = authority(bare)
    return read.host if read and read.host not in WILDCARDS else None


def host_of(scope: Scope) -> Authority:
    """
    Read the Host field of a request.

    Raises:
        Problem: WRONG_HOST if there is not exactly one, or it is malformed.
    """
    given = every(scope, b"host")
    read = authority(given[0]) if len(given) == 1 else None
    if read is None:
        raise Problem(ProblemCode.WRONG_HOST, "one Host field with a name or address is needed")
    return read


def read_target(scope: Scope) -> None:
    """
    Put path and host of a target in absolute form where those of others stand.

    A server has to take such targets, and to forget the Host field then (RFC 9112 section 3.2.2).
    """
    found = TARGET.fullmatch(scope.get("raw_path") or b"")
    if found is None:
        return
    host, path = found.groups()
    scope["raw_path"] = path or b"/"
    scope["path"] = unquote(scope["raw_path"].decode("latin-1"))
    others = [field for field in scope["headers"] if field[0].lower() != b"host"]
    scope["headers"] = [(b"host", host), *others]


def check_host(scope: Scope, names: frozenset[str]) -> None:
    """
    Refuse a request to a name that is not this server's.

    Besides `names` these are: localhost, loopback addresses, and the address that the connection
    came in at; no DNS can make a browser send an address that it was not given.

    Raises:
        Problem: WRONG_HOST.
    """
    host = host_of(scope).host
    if host == "localhost" or host in names:
        return
    address = address_of(host)
    if address is not None:
        came_in_at = address_of((scope.get("server") or ("", 0))[0])
        if address.is_loopback or (address == came_in_at and not address.is_unspecified):
            return
    raise Problem(ProblemCode.WRONG_HOST, "this server is not known by this name")
