"""How often one client may ask: a bucket that fills steadily, for each address."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from starlette.types import Scope

from ..problems import Problem, ProblemCode

MINUTE = 60_000_000_000
"""In nanoseconds."""

MOST_CLIENTS = 65_536


class Rate:
    """
    So many a minute for each client, as many at once, and then one by one.

    It is the generic cell rate algorithm (ITU-T I.371): all there is to know of a client is when
    its bucket will be full again. Clients whose bucket is full are forgotten, and beyond
    `MOST_CLIENTS` the one that was heard of least recently. The event loop and threads may share
    it.
    """

    def __init__(self, per_minute: int, clock: Callable[[], int]) -> None:
        """
        Begin with full buckets.

        Args:
            per_minute: Of one client; also how many at once.
            clock: Gives nanoseconds, and is never set back.
        """
        self._each = MINUTE // per_minute
        self._depth = self._each * per_minute
        self._clock = clock
        self._full_at: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many clients are remembered."""
        return len(self._full_at)

    def take(self, client: str) -> None:
        """
        Take one from the bucket of a client.

        Raises:
            Problem: TOO_OFTEN, with the time to wait; nothing is taken then.
        """
        with self._lock:
            now = self._clock()
            self._refuse_empty(client, now)
            self._full_at[client] = max(self._full_at.pop(client, now), now) + self._each
            self._forget(now)

    def _refuse_empty(self, client: str, now: int) -> None:
        wait = self._full_at.get(client, now) + self._each - now - self._depth
        if wait > 0:
            raise Problem(
                ProblemCode.TOO_OFTEN, "too many requests", retry_s=-(-wait // 1_000_000_000)
            )

    def _forget(self, now: int) -> None:
        """Two at a time go if they are full, so that the work of a request stays bounded."""
        for _ in range(2):
            oldest = next(iter(self._full_at))
            if self._full_at[oldest] > now and len(self._full_at) <= MOST_CLIENTS:
                return
            del self._full_at[oldest]


def client_of(scope: Scope) -> str:
    """
    Name who asks: an IPv4 address, or the /64 of an IPv6 one.

    One household or server has a whole /64 of addresses (RFC 6177 section 2).
    """
    address = (scope.get("client") or ("", 0))[0]
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "somebody"
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(known) >> 64 << 64, 64)))
