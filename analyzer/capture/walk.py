"""
Follow a chain of records, each of whose lengths says where the next begins.

A plain loop takes 150 ns and more a record. So the stretch is cut into stripes, a record is guessed
near the start of each, and all chains take their steps together in numpy. A chain counts only when
the chain before it lands exactly on its first record: a wrong guess can cost time, never a packet.
"""

from typing import Protocol

import numpy as np

from ..model.packet import Int64

STRIPE_OCTETS = 64 << 10
"""Distance of two guesses: 512 chains in a window keep numpy's cost per call small."""

LOOK_OCTETS = 8 << 10
"""Octets of a stripe searched for a record; packets are mostly shorter."""

FEW = 12
"""Chains below which a plain loop is faster than a step in numpy."""


class Records(Protocol):
    """A format's way to read record headers. Positions are 0-based octets of the file."""

    def length(self, at: int) -> int:
        """Octets of the record at a position; 0 where no whole and sane record stands."""
        ...

    def lengths(self, at: Int64) -> Int64:
        """`length` of many positions at once."""
        ...

    def guess(self, low: int, high: int) -> int:
        """A position from `low` to below `high` at which a record seems to begin; -1 if none."""
        ...


def walk(records: Records, start: int, until: int) -> tuple[Int64, int]:
    """
    Positions of the records that begin from `start` to below `until`.

    Returns:
        The positions, and where the chain stands behind them: at `until` or beyond, or below it
        at a record whose length is 0.
    """
    starts = [start]
    for low in range(start + STRIPE_OCTETS, until - STRIPE_OCTETS, STRIPE_OCTETS):
        guess = records.guess(low, low + LOOK_OCTETS)
        if guess > 0:
            starts.append(guess)
    limits = [*starts[1:], until]
    chains, ends = _lockstep(records, starts, limits)
    found: list[Int64] = []
    at = start
    for first, limit, positions, end in zip(starts, limits, chains, ends, strict=True):
        if at == first:
            found.append(positions)
            at = end
        elif at < limit:
            plain, at = _plain(records, at, limit)
            found.append(np.array(plain, np.int64))
        if at < limit:
            break
    return np.concatenate(found), at


def _plain(records: Records, at: int, limit: int) -> tuple[list[int], int]:
    """Take one chain to its limit, or to where it breaks."""
    positions: list[int] = []
    length = records.length
    while at < limit:
        step = length(at)
        if not step:
            break
        positions.append(at)
        at += step
    return positions, at


def _lockstep(
    records: Records, starts: list[int], limits: list[int]
) -> tuple[list[Int64], list[int]]:
    """Take every chain from its start to its limit; positions and end of each."""
    at = np.array(starts, np.int64)
    limit = np.array(limits, np.int64)
    running = np.flatnonzero(at < limit)
    chains: list[Int64] = []
    steps: list[Int64] = []
    while len(running) > FEW:
        here = at[running]
        length = records.lengths(here)
        if not length.all():
            sane = length > 0
            running, here, length = running[sane], here[sane], length[sane]
        chains.append(running)
        steps.append(here)
        here = here + length
        at[running] = here
        running = running[here < limit[running]]
    tails: dict[int, list[int]] = {}
    for chain in running.tolist():
        tails[chain], end = _plain(records, int(at[chain]), limits[chain])
        at[chain] = end
    return _by_chain(chains, steps, tails, len(starts)), at.tolist()


def _by_chain(
    chains: list[Int64], steps: list[Int64], tails: dict[int, list[int]], count: int
) -> list[Int64]:
    """Sort what the steps found to the chains that found it."""
    if not steps:
        return [np.array(tails.get(chain, ()), np.int64) for chain in range(count)]
    owner = np.concatenate(chains)
    order = np.argsort(owner.astype(np.uint16), kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(1, count))
    found = np.split(np.concatenate(steps)[order], bounds)
    for chain, tail in tails.items():
        found[chain] = np.concatenate((found[chain], np.array(tail, np.int64)))
    return found
