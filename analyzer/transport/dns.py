"""
Read DNS messages (RFC 1035), and put questions and answers together.

Of a message only what tells how a name was resolved: the question, the code, addresses, aliases.
LLMNR (RFC 4795) has the same form; only what was answered counts there, since silence is its no.
Multicast DNS (RFC 6762) has no questions that one answer ends, and is passed over.
"""

from ipaddress import IPv6Address

from msgspec import Struct

from ..model.limits import RESOLUTIONS
from ..model.network import Resolution
from ..model.source import PacketSource

PORT = 53
LLMNR_PORT = 5355

NAME_OCTETS = 255
"""Longest name (RFC 1035 section 2.3.4)."""

RECORDS = 64
"""Records of an answer that are read; one to twenty are usual."""

PATIENCE_NS = 30_000_000_000
"""How long an answer is waited for; resolvers give up after some 15 s."""

_HEADER = 12
_A, _CNAME, _AAAA = 1, 5, 28
_INTERNET = 1

KINDS = {
    1: "A",
    2: "NS",
    5: "CNAME",
    6: "SOA",
    12: "PTR",
    15: "MX",
    16: "TXT",
    28: "AAAA",
    33: "SRV",
    35: "NAPTR",
    64: "SVCB",
    65: "HTTPS",
    255: "ANY",
}
"""Types of records (https://www.iana.org/assignments/dns-parameters)."""

CODES = (
    "NOERROR",
    "FORMERR",
    "SERVFAIL",
    "NXDOMAIN",
    "NOTIMP",
    "REFUSED",
    "YXDOMAIN",
    "YXRRSET",
    "NXRRSET",
    "NOTAUTH",
    "NOTZONE",
)
"""Response codes (RFC 6895 section 2.3)."""


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """
    A DNS message.

    Attributes:
        id: Joins answer and question.
        answer: It is an answer.
        name: Asked for, lower-cased, without the last dot.
        kind: Type asked for.
        code: Of an answer.
        addresses: Of the answer, in order.
        aliases: Likewise.
    """

    id: int
    answer: bool
    name: str
    kind: str
    code: str
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def message(octets: bytes) -> Message | None:
    """
    Read a message; of one that was cut, what is there.

    Returns:
        None if it does not hold a single question for an Internet name that can be read.
    """
    if len(octets) < _HEADER or octets[4:6] != b"\0\1":
        return None
    flags = int.from_bytes(octets[2:4], "big")
    asked = _name(octets, _HEADER)
    if flags & 0x7800 or asked is None:  # not a standard query
        return None
    name, at = asked
    kind, family = _number(octets, at, 2), _number(octets, at + 2, 2)
    # The topmost bit of the class means other things in multicast DNS.
    if kind is None or family is None or family & 0x7FFF != _INTERNET:
        return None
    code = flags & 15
    addresses, aliases = _records(octets, at + 4) if flags & 0x8000 else ([], [])
    return Message(
        id=int.from_bytes(octets[:2], "big"),
        answer=bool(flags & 0x8000),
        name=name,
        kind=KINDS.get(kind, f"TYPE{kind}"),
        code=CODES[code] if code < len(CODES) else f"RCODE{code}",
        addresses=tuple(addresses),
        aliases=tuple(aliases),
    )


def _number(octets: bytes, at: int, size: int) -> int | None:
    field = octets[at : at + size]
    return int.from_bytes(field, "big") if len(field) == size else None


def _records(octets: bytes, at: int) -> tuple[list[str], list[str]]:
    """Addresses and aliases of the answer section, as far as it can be read."""
    addresses: list[str] = []
    aliases: list[str] = []
    for _ in range(min(int.from_bytes(octets[6:8], "big"), RECORDS)):
        owner = _name(octets, at)
        if owner is None:
            break
        at = owner[1]
        kind, length = _number(octets, at, 2), _number(octets, at + 8, 2)
        data = octets[at + 10 : at + 10 + (length or 0)]
        if length is None or len(data) < length:
            break
        if kind == _A and length == 4:
            addresses.append(".".join(map(str, data)))
        elif kind == _AAAA and length == 16:
            addresses.append(str(IPv6Address(data)))
        elif kind == _CNAME:
            alias = _name(octets, at + 10)
            aliases += [alias[0]] if alias is not None else []
        at += 10 + length
    return addresses, aliases


def _name(octets: bytes, at: int) -> tuple[str, int] | None:
    """
    The name at an index, and the index behind it; None if it cannot be read.

    A pointer (RFC 1035 section 4.1.4) must lead backwards, so there is no loop.
    """
    labels: list[str] = []
    behind, limit, length = None, at, 0
    while True:
        size = octets[at] if at < len(octets) else 0x40
        if size >= 0xC0:
            target = _number(octets, at, 2)
            behind = at + 2 if behind is None else behind
            if target is None or target & 0x3FFF >= limit:
                return None
            at = limit = target & 0x3FFF
        elif size:
            label = octets[at + 1 : at + 1 + size]
            length += size + 1
            if size >= 0x40 or len(label) < size or length >= NAME_OCTETS:
                return None
            labels.append("".join(map(_letter, label)))
            at += size + 1
        else:
            return ".".join(labels), at + 1 if behind is None else behind


def _letter(octet: int) -> str:
    """An octet of a label; what is not printable, and a dot within it, as RFC 4343 writes it."""
    letter = chr(octet).lower()
    return letter if 0x20 < octet < 0x7F and letter != "." else f"\\{octet:03d}"


class Packet(Struct, frozen=True, gc=False):
    """
    A message with where it came from.

    Attributes:
        sender: IP address and port.
        receiver: IP address and port.
        source: Its place.
    """

    sender: tuple[str, int]
    receiver: tuple[str, int]
    source: PacketSource


_Key = tuple[tuple[str, int], str, int, str, str]
"""Who asked, of whom (nobody in particular by LLMNR), id, name, type."""


class Questions:
    """Questions that wait for their answers."""

    def __init__(self) -> None:
        self._waiting: dict[_Key, Packet] = {}
        self._answered: dict[_Key, int] = {}

    def take(self, said: Message, packet: Packet) -> list[Resolution]:
        """What a message brings: an answer with its question, or a question pushed out."""
        if not said.answer:
            return self._ask(_key(said, packet.sender, packet.receiver), packet)
        key = _key(said, packet.receiver, packet.sender)
        asked = self._waiting.pop(key, None)
        time_ns = packet.source.time_ns
        if asked is None and _is_near(self._answered.get(key), time_ns):
            return []  # captured twice, or asked again before the first answer came
        self._answered[key] = time_ns or 0
        if len(self._answered) > RESOLUTIONS:
            del self._answered[next(iter(self._answered))]
        begun = asked.source.time_ns if asked is not None else None
        timed = begun is not None and time_ns is not None
        return [
            Resolution(
                name=said.name,
                kind=said.kind,
                client=packet.receiver[0],
                server=packet.sender[0],
                code=said.code,
                addresses=said.addresses,
                aliases=said.aliases,
                latency_ns=(time_ns or 0) - (begun or 0) if timed else None,
                asked=None if asked is None else asked.source,
                answered=packet.source,
            )
        ]

    def _ask(self, key: _Key, packet: Packet) -> list[Resolution]:
        if _is_near(self._answered.get(key), packet.source.time_ns):
            return []
        self._waiting.setdefault(key, packet)  # asked again, it was asked the first time
        if len(self._waiting) <= RESOLUTIONS:
            return []
        return self._unanswered(next(iter(self._waiting)))

    def late(self, now_ns: int | None) -> list[Resolution]:
        """Questions that nobody answered in time; all that are left if `now_ns` is None."""
        found: list[Resolution] = []
        for key, packet in list(self._waiting.items()):
            time_ns = packet.source.time_ns
            if now_ns is None or (time_ns is not None and now_ns - time_ns > PATIENCE_NS):
                found += self._unanswered(key)
        return found

    def _unanswered(self, key: _Key) -> list[Resolution]:
        packet = self._waiting.pop(key)
        (client, _), server, _, name, kind = key
        if not server:
            return []
        return [Resolution(name=name, kind=kind, client=client, server=server, asked=packet.source)]


def _key(said: Message, client: tuple[str, int], server: tuple[str, int]) -> _Key:
    return client, "" if server[1] == LLMNR_PORT else server[0], said.id, said.name, said.kind


def _is_near(answered_ns: int | None, time_ns: int | None) -> bool:
    """Whether an answer came so shortly before that this is part of the same."""
    return answered_ns is not None and abs((time_ns or 0) - answered_ns) < PATIENCE_NS
