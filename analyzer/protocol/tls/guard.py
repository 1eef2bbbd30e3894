"""
What protects the records of one direction at a time: which keys, and which sequence number.

A guard opens what it can and says why where it cannot. Behind a hole it tries the sequence numbers
that the hole leaves possible, as far as its means go: they grow with what has been opened, so the
time it takes stays in proportion to the octets that came.
"""

import zlib
from typing import Protocol

from ...model.source import Direction
from ...model.tls import Locked
from .cipher import Header, Opened, Opener, opener_of
from .handshake import EARLY_DATA
from .keyring import KeyRing
from .negotiation import Negotiation
from .schedule import next_secret, prefix_of, traffic_keys
from .suites import suite_of

BAD_MAC = "bad_record_mac"
"""The record proves not to be what was sent under these keys (RFC 5246 section 7.2.2)."""
NO_KEY = "no key"
"""The key log lacks the secret of this part of the connection."""
CONTEXT = "context lost"
"""A stream cipher, or compression, needs every record before this one."""
COMPRESSION = "decompression_failure"

MEANS = 2 << 20
"""Octets that may be opened in vain at first, to find a sequence number: 10 ms."""

MOST_MEANS = 64 << 20
"""They grow to this with the octets that open."""

ATTEMPT_OCTETS = 512
"""What an attempt costs beside the octets of the record."""

PLAIN_OCTETS = 1 << 14
"""A record holds no more (RFC 8446 section 5.1)."""

Content = tuple[int, bytes]
"""Content type, and what the record held."""


class _Numbers:
    """
    Sequence numbers that the next record may have.

    Attributes:
        next: The lowest.
        slack: How many more are possible.
    """

    def __init__(self, means: int) -> None:
        self.next = 0
        self.slack = 0
        self._means = means
        self._cost = 0
        self._last = 0

    def possible(self, octets: int, begin: int | None = None) -> range:
        """Those to try for a record of so many octets; from another number on if one is given."""
        first = self.next if begin is None else begin
        if not self.slack:
            self._cost = 0
            return range(first, first + 1)
        self._cost = octets + ATTEMPT_OCTETS
        tries = max(min(self.slack + 1, self._means // self._cost), 1)
        self._means -= (tries - 1) * self._cost
        self._last = first + tries - 1
        return range(first, first + tries)

    def hit(self, sequence: int, octets: int) -> None:
        """A record opened."""
        self._means += octets + (self._last - sequence) * self._cost
        self._means = min(self._means, MOST_MEANS)
        self._cost = 0
        self.next = sequence + 1
        self.slack = 0

    def lose(self, fewest: int, most: int) -> None:
        """So many records were lost."""
        self.next += fewest
        self.slack += most - fewest


class Guard(Protocol):
    """What protects the records of one direction."""

    def open(self, header: Header, payload: bytes) -> Content | str:
        """What a record holds, or why it cannot be opened."""

    def lose(self, fewest: int, most: int, octets: int | None) -> None:
        """Records were lost; `octets` of protected payload if that is known."""


class Legacy:
    """Records up to TLS 1.2: one set of keys until the next ChangeCipherSpec."""

    def __init__(self, opener: Opener, *, compressed: bool) -> None:
        self._opener = opener
        self._numbers = _Numbers(MEANS)
        self._lost = False
        self._inflater = zlib.decompressobj() if compressed else None

    def open(self, header: Header, payload: bytes) -> Content | str:
        """What a record holds, or why it cannot be opened."""
        if self._lost:
            return CONTEXT
        numbers = self._numbers
        opened = self._opener.open(header, payload, numbers.possible(len(payload)))
        if opened is None:
            numbers.lose(0, 1)
            return BAD_MAC
        numbers.hit(opened[0], len(payload))
        if self._inflater is None:
            return header.kind, opened[1]
        return self._inflate(self._inflater, header.kind, opened[1])

    def _inflate(self, inflater: "zlib._Decompress", kind: int, octets: bytes) -> Content | str:
        try:
            plain = inflater.decompress(octets, PLAIN_OCTETS)
        except zlib.error:
            self._lost = True
            return COMPRESSION
        if inflater.unconsumed_tail:
            self._lost = True
            return COMPRESSION
        return kind, plain

    def lose(self, fewest: int, most: int, octets: int | None) -> None:
        """Records were lost; a stream cipher goes on only if it is known how much."""
        self._numbers.lose(fewest, most)
        self._opener.lose()
        if self._inflater is not None:
            self._lost = True
        elif self._opener.chained:
            if octets is None:
                self._lost = True
            else:
                self._opener.skip(octets)


LABELS = {
    ("early", Direction.TO_SERVER): "CLIENT_EARLY_TRAFFIC_SECRET",
    ("handshake", Direction.TO_SERVER): "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    ("handshake", Direction.TO_CLIENT): "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    ("application", Direction.TO_SERVER): "CLIENT_TRAFFIC_SECRET_",
    ("application", Direction.TO_CLIENT): "SERVER_TRAFFIC_SECRET_",
}
"""Labels of a key log; application data has a number behind it (RFC 9850 section 2.1)."""


class Stages:
    """
    Records of TLS 1.3: keys of early data, of the handshake, of application data.

    Each stage begins with sequence number 0. A record that the stage in use does not open may
    belong to a later one: the secrets of the handshake may be missing from the key log, early data
    may have been refused, a KeyUpdate may be lost.
    """

    def __init__(
        self, way: Direction, negotiation: Negotiation, keys: KeyRing, means: int = MEANS
    ) -> None:
        self._way = way
        self._hello = negotiation.hello
        self._answer = negotiation.answer
        self._keys = keys
        self._numbers = _Numbers(means)
        self._lossy = False
        self._generation = 0
        self._secret = b""
        self._stages = ["handshake", "application"]
        if self.has_early:
            self._stages.insert(0, "early")
        self._openers: dict[str, Opener | Locked] = {}

    @property
    def has_early(self) -> bool:
        """The client sends early data in this direction."""
        hello = self._hello
        return (
            hello is not None
            and EARLY_DATA in hello.extensions
            and self._way is Direction.TO_SERVER
        )

    @property
    def stage(self) -> str:
        """The one in use."""
        return self._stages[0]

    @property
    def next(self) -> int:
        """Sequence number of the next record."""
        return self._numbers.next

    def locked(self) -> Locked | None:
        """Why nothing more can be opened; None as long as there is a key."""
        reasons = [
            opener for stage in self._stages if isinstance(opener := self._of(stage), Locked)
        ]
        return reasons[0] if len(reasons) == len(self._stages) else None

    def _of(self, stage: str) -> Opener | Locked:
        found = self._openers.get(stage)
        if found is None:
            found = self._openers[stage] = self._make(stage)
        return found

    def _make(self, stage: str) -> Opener | Locked:
        hello, answer = self._hello, self._answer
        if hello is None or answer is None:
            return Locked.NO_HANDSHAKE
        label = LABELS[stage, self._way]
        if stage == "application":
            label += str(self._generation)
        secret = self._keys.secret(label, hello.random)
        suite = suite_of(answer.suite)
        if secret is None and self._secret and suite is not None and stage == "application":
            secret = next_secret(suite, self._secret, prefix_of(answer.version))
        if secret is None:
            return Locked.NO_KEYS
        if suite is None or suite.exchange:
            return Locked.CIPHER
        if stage == "application":
            self._secret = secret
        made = traffic_keys(suite, secret, prefix_of(answer.version))
        return opener_of(answer.version, suite, made) or Locked.CIPHER

    def open(self, header: Header, payload: bytes) -> Content | str:
        """What a record holds, or why it cannot be opened."""
        numbers = self._numbers
        for stage in self._stages:
            opener = self._of(stage)
            if isinstance(opener, Locked):
                continue
            begin = None if stage == self.stage else 0
            opened = opener.open(header, payload, numbers.possible(len(payload), begin))
            if opened is not None:
                self.go_to(stage)
                break
        else:
            if isinstance(self._of(self.stage), Locked):
                return NO_KEY
            opened = self._updated(header, payload) if self._lossy else None
            if opened is None:
                numbers.lose(0, 1)
                return BAD_MAC
        self._lossy = False
        numbers.hit(opened[0], len(payload))
        return _inner(opened[1])

    def _updated(self, header: Header, payload: bytes) -> Opened | None:
        """A KeyUpdate may have been lost."""
        if self.stage != "application":
            return None
        before = self._generation, self._openers["application"], self._secret
        self._generation += 1
        opener = self._openers["application"] = self._make("application")
        numbers = self._numbers.possible(len(payload), 0)
        opened = None if isinstance(opener, Locked) else opener.open(header, payload, numbers)
        if opened is not None:
            return opened
        self._generation, self._openers["application"], self._secret = before
        return None

    def go_to(self, stage: str) -> None:
        """From the next record on the keys of this stage are in use, or of a later one already."""
        if stage in self._stages[1:]:
            while self._stages[0] != stage:
                self._openers.pop(self._stages.pop(0), None)
            self._numbers.next = self._numbers.slack = 0

    def update(self) -> None:
        """A KeyUpdate was sent (RFC 8446 section 4.6.3)."""
        self._generation += 1
        self._openers.pop("application", None)
        self._numbers.next = self._numbers.slack = 0

    def lose(self, fewest: int, most: int, octets: int | None) -> None:  # noqa: ARG002 - of stream ciphers
        """Records were lost."""
        self._numbers.lose(fewest, most)
        self._lossy = True


def _inner(octets: bytes) -> Content | str:
    """What TLS 1.3 hides beside the content: its type, and padding (RFC 8446 section 5.4)."""
    kind = octets[-1] if octets else 0
    if kind:
        return kind, octets[:-1]
    octets = octets.rstrip(b"\0")
    return (octets[-1], octets[:-1]) if octets else "unexpected_message"
