"""DNS and ICMP of a ladder: what a capture holds beside its connections."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address

from msgspec import Struct

from ..model.flow import Endpoint
from ..model.network import Resolution, Unreachable
from ..model.source import PacketSource

RESOLVER = "192.0.2.53"
ROUTER = "192.0.2.254"

_MS = 1_000_000

_CODES = frozenset({"NXDOMAIN", "SERVFAIL", "REFUSED", "NOERROR", "none"})


class Question(Struct, frozen=True):
    """
    A DNS question with what came of it.

    Attributes:
        time_ns: Since the beginning of the ladder.
        name: Asked for.
        code: Of the answer; None if none came.
        addresses: Of the answer.
        latency_ns: Until the answer.
    """

    time_ns: int
    name: str
    code: str | None
    addresses: tuple[str, ...]
    latency_ns: int


def question(time_ns: int, words: list[str]) -> Question:
    """
    Read what stands behind `@dns SECONDS`.

    Args:
        time_ns: The seconds.
        words: A name; a code ("none": no answer) or addresses; milliseconds until the answer.

    Raises:
        ValueError: It means nothing.
    """
    name, *rest = words
    latency_ms = 20
    if rest and rest[-1].startswith("ms="):
        latency_ms = int(rest.pop()[3:])
    code = "NOERROR"
    if rest and rest[0] in _CODES:
        code = rest.pop(0)
    addresses = tuple(str(ip_address(word)) for word in rest)
    return Question(time_ns, name, None if code == "none" else code, addresses, latency_ms * _MS)


def resolutions(
    questions: Iterable[Question], client: str, capture: int, origin_ns: int
) -> Iterator[Resolution]:
    """The questions as a capture delivers them."""
    for one in questions:
        asked_ns = origin_ns + one.time_ns
        answered_ns = asked_ns + one.latency_ns
        answered = one.code is not None
        yield Resolution(
            name=one.name,
            kind="A",
            client=client,
            server=RESOLVER,
            code=one.code,
            addresses=one.addresses,
            latency_ns=one.latency_ns if answered else None,
            asked=PacketSource(capture, 1, 1, asked_ns),
            answered=PacketSource(capture, 1, 1, answered_ns) if answered else None,
        )


class Message(Struct, frozen=True):
    """
    What a router says of a connection.

    Attributes:
        code: As `Unreachable` has it.
        mtu: Likewise.
    """

    code: str
    mtu: int | None


def message(text: str) -> Message:
    """
    Read what stands behind `@icmp`: the code, and `mtu=N` where it has one.

    Raises:
        ValueError: The MTU is none.
    """
    code, _, mtu = text.partition(" mtu=")
    return Message(code, int(mtu) if mtu else None)


def unreachable(
    said: Message, ends: tuple[Endpoint, Endpoint], source: PacketSource
) -> Unreachable:
    """The message as a capture delivers it, given client and server of the connection."""
    return Unreachable(
        reporter=ROUTER,
        code=said.code,
        client=ends[0],
        server=ends[1],
        mtu=said.mtu,
        source=source,
    )
