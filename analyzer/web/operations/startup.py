"""What is looked at before a server starts: who can reach it, and what lets them in."""

import ipaddress
import os
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from ...model.errors import UsageError
from ..guard.forwarded import networks
from ..guard.hosts import PORTS, host_named
from ..settings import Settings

TOKEN_LENGTH = 32
"""Characters at least of a token that stands between a server and others."""

BACKLOG = 256
"""Connections that may wait to be accepted."""

UNREAD_MS = 60_000
"""A client that takes nothing of an answer for so long is cut off (RFC 9293 section 3.8.3)."""

Address = tuple[socket.AddressFamily, tuple[str, int]]
"""Family, and address with port."""


def reachable(settings: Settings, *, token: str | None) -> Address:
    """
    Where to listen, once it is sure that only those reach it who may.

    Args:
        settings: Host, port, and the names by which people reach the server.
        token: The one somebody gave; None: one will be made; empty: nobody is asked.

    Raises:
        UsageError: The host is unknown, or others would reach a server that is not made for it.
    """
    _refuse_wrong(settings)
    family, address = _resolved(settings.host, settings.port)
    if ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
        return family, address
    if token == "":
        raise UsageError(f"--no-token: others reach {settings.host}; give a token")
    if token is None:
        raise UsageError(
            f"others reach {settings.host}: give a token of your own, by --token-file or in "
            "STANZASCOPE_TOKEN"
        )
    if len(token) < TOKEN_LENGTH:
        raise UsageError(
            f"others reach {settings.host}: the token needs {TOKEN_LENGTH} characters at least"
        )
    if not settings.hosts and not settings.public_url:
        raise UsageError(
            f"others reach {settings.host}: name what browsers call it, by --allow-host or "
            "--public-url"
        )
    return family, address


def _refuse_wrong(settings: Settings) -> None:
    if settings.public_url and not _is_public(settings.public_url):
        raise UsageError(
            f"--public-url {settings.public_url}: give it as https://NAME, without a path"
        )
    for host in settings.hosts:
        if host_named(host) is None:
            raise UsageError(f"--allow-host {host}: give a name or an address")
    networks(settings.trusted_proxies)


def _is_public(url: str) -> bool:
    """A scheme and the name of a server, and nothing behind them."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_all = f"{parts.scheme}://{parts.netloc}" == url
    return is_all and parts.scheme in PORTS and host_named(parts.netloc) is not None


def _resolved(host: str, port: int) -> Address:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageError(f"--host {host}: no address of this machine") from None
    family, _, _, _, address = found[0]
    return family, (str(address[0]), int(address[1]))


def listen(at: Address) -> socket.socket:
    """
    A socket that listens; close it.

    Raises:
        UsageError: The port is taken, or may not be used.
    """
    family, address = at
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted connections inherit it; their idle time is not touched.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno or 0).lower()
        raise UsageError(f"cannot listen at {address[0]} port {address[1]}: {reason}") from None
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket, hosts: Sequence[str]) -> str:
    """Where the server is reached, without a slash at the end."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = hosts[0] if hosts else socket.gethostname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
