"""
TLS 1.3 whose handshake is not in the capture.

A key log names a secret by the client's random, which only the hello shows. But few secrets fit,
and a record opens with none but its own: so they are tried, and with each of them the numbers that
the record may have.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from ...model.source import Direction
from .cipher import Header
from .guard import ATTEMPT_OCTETS, LABELS, MEANS, Stages
from .handshake import ClientHello, ServerHello
from .keyring import KeyRing
from .negotiation import Negotiation
from .schedule import TLS13

_SUITES = {32: (0x1301, 0x1303), 48: (0x1302,)}
"""Suites in use, by octets of their secrets."""

ATTEMPTS = 100_000
"""Attempts for one direction: 0.15 s."""

CANDIDATES = 5_000
"""Secrets tried for one direction, each with the suites it may be of: 1 s."""

DERIVING = 100
"""Attempts that take as long as making the keys of one of them."""


class Find(NamedTuple):
    """
    What the records of a connection are protected with.

    Attributes:
        random: The client's.
        suite: Code point.
    """

    random: bytes
    suite: int

    def stages(self, way: Direction, keys: KeyRing, means: int = MEANS) -> Stages:
        """As if the handshake had been seen."""
        found = Negotiation()
        found.hello = ClientHello(0x0303, self.random, b"", (self.suite,), {})
        found.answer = ServerHello(TLS13, bytes(32), b"", self.suite, 0, {})
        return Stages(way, found, keys, means)


def find(
    way: Direction, keys: KeyRing, header: Header, payload: bytes, known: Find | None
) -> tuple[Find, Stages] | None:
    """
    What opens a record of application data; None if no key does.

    Args:
        way: Its direction.
        keys: Those to try; the attempts are taken from its allowance.
        header: Of the record.
        payload: Its protected octets.
        known: What the other direction was found to be protected with.
    """
    most = min(CANDIDATES, keys.attempts // DERIVING + 1)
    candidates = [*islice(_candidates(way, keys), most + 1)] if known is None else [known]
    if len(candidates) > most:
        keys.limits["TLS_CANDIDATES"] = most
        candidates.pop()
    allowance = min(ATTEMPTS, keys.attempts)
    keys.attempts -= min(max(allowance, len(candidates) * DERIVING), keys.attempts)
    share = allowance // max(len(candidates), 1)
    means = share * (len(payload) + ATTEMPT_OCTETS)
    for candidate in candidates:
        # The handshake begins with number 0 or was not captured; data may be anywhere.
        for stage in ("handshake", "application"):
            stages = candidate.stages(way, keys.only(candidate.random), means)
            stages.go_to(stage)
            if stage == "application":
                stages.lose(0, share, None)
            if not isinstance(stages.open(header, payload), str):
                found = candidate.stages(way, keys)
                found.go_to(stages.stage)
                found.lose(stages.next - 1, stages.next - 1, None)
                return candidate, found
    return None


def _candidates(way: Direction, keys: KeyRing) -> Iterator[Find]:
    label = LABELS["application", way] + "0"
    for random, octets in keys.contexts(label):
        for suite in _SUITES.get(octets, ()):
            yield Find(random, suite)
