import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.walk import STRIPE_OCTETS, walk
from analyzer.model.packet import Int64


class Chain:
    """Records whose lengths stand in a table; guesses are whatever the test wants."""

    def __init__(self, sizes: list[int], guesses: dict[int, int], broken: int | None) -> None:
        self.table: dict[int, int] = {}
        at = 0
        for index, size in enumerate(sizes):
            self.table[at] = 0 if index == broken else size
            at += size
        self.end = at
        self.guesses = guesses

    def length(self, at: int) -> int:
        # Where no record stands there is noise that leads somewhere, or nowhere.
        length = self.table.get(at, at % 7 * 50)
        return length if at + length <= self.end else 0

    def lengths(self, at: Int64) -> Int64:
        return np.array([self.length(here) for here in at.tolist()], np.int64)

    def guess(self, low: int, high: int) -> int:
        offset = self.guesses.get(low // STRIPE_OCTETS, -1)
        return low + offset if 0 <= offset < high - low else -1

    def plainly(self, until: int) -> tuple[list[int], int]:
        found, at = [], 0
        while at < until and self.table[at]:
            found.append(at)
            at += self.table[at]
        return found, at


@given(
    st.lists(st.integers(200, 20_000), min_size=100, max_size=400),
    st.dictionaries(st.integers(1, 60), st.integers(0, 8_000)),
    st.none() | st.integers(0, 399),
)
def test_wrong_guesses_lose_nothing(
    sizes: list[int], guesses: dict[int, int], broken: int | None
) -> None:
    chain = Chain(sizes, guesses, broken)
    right = {
        low: min((p for p in chain.table if p >= low * STRIPE_OCTETS), default=0)
        for low in range(1, chain.end // STRIPE_OCTETS, 2)
    }
    chain.guesses |= {low: at - low * STRIPE_OCTETS for low, at in right.items()}
    positions, stop = walk(chain, 0, chain.end)
    assert (positions.tolist(), stop) == chain.plainly(chain.end)


def test_many_chains_take_their_steps_together() -> None:
    sizes = [256] * (40 * STRIPE_OCTETS // 256)
    for broken in (None, 9 * STRIPE_OCTETS // 256 + 3):
        chain = Chain(sizes, dict.fromkeys(range(60), 0), broken)
        positions, stop = walk(chain, 0, chain.end)
        assert (positions.tolist(), stop) == chain.plainly(chain.end)
