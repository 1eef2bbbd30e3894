"""Who asks really, where a proxy stands before this server that we were told to believe."""

import ipaddress
from collections.abc import Sequence

from starlette.types import Scope

from ...model.errors import UsageError
from .fields import every
from .hosts import address_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(given: Sequence[str]) -> tuple[Network, ...]:
    """
    Read addresses and networks of proxies.

    Raises:
        UsageError: One of them is neither.
    """
    try:
        return tuple(ipaddress.ip_network(text, strict=False) for text in given)
    except ValueError:
        raise UsageError("a trusted proxy is an IP address or a network, as 10.0.0.0/8") from None


def trusts(trusted: Sequence[Network], text: str) -> bool:
    """Tell whether this is the address of a proxy to believe."""
    address = address_of(text)
    return address is not None and any(address in network for network in trusted)


def follow(scope: Scope, trusted: Sequence[Network]) -> None:
    """
    Put the true client and scheme into a scope whose connection comes from a trusted proxy.

    Each proxy appends whom it saw, so the list is read from its end up to the first address that
    is not a trusted proxy's: what stands before it may be invented.
    """
    seen = (scope.get("client") or ("", 0))[0]
    if not trusts(trusted, seen):
        return
    protocols = ",".join(every(scope, b"x-forwarded-proto")).split(",")
    protocol = protocols[-1].strip().lower()
    if protocol in ("http", "https"):
        scope["scheme"] = protocol
    hops = ",".join(every(scope, b"x-forwarded-for")).split(",")
    for hop in reversed(hops):
        address = address_of(bare(hop.strip()))
        if address is None:
            break
        seen = str(address)
        if not trusts(trusted, seen):
            break
    scope["client"] = (seen, 0)


def bare(hop: str) -> str:
    """Give the address of a hop without brackets and port, which some proxies add."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
