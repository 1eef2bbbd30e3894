"""Bodies by their framing, whole and cut anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.protocol.byte_queue import ByteQueue
from analyzer.protocol.http1_body import BodyReader
from tests.protocol.wire import S, chunk


def read(
    *pieces: bytes, length: int | None = None, chunked: bool = False
) -> tuple[BodyReader, ByteQueue, bool]:
    queue = ByteQueue(0)
    body = BodyReader(queue, length, chunked=chunked)
    offset, ended = 0, body.read()
    for piece in pieces:
        queue.push(chunk(piece, S, offset))
        offset += len(piece)
        ended = ended or body.read()
    return body, queue, ended


def test_nothing_at_all() -> None:
    assert read(length=0)[2]


def test_known_lengths() -> None:
    body, queue, ended = read(b"ab", b"cdef", length=5)
    assert (body.octets(), body.length, ended, len(queue)) == (b"abcde", 5, True, 1)
    assert not read(b"ab", length=5)[2]


def test_until_the_end() -> None:
    body, queue, ended = read(b"ab", b"cd")
    assert (body.octets(), ended, len(queue)) == (b"abcd", False, 0)
    body.end(orderly=True)
    assert not body.cut
    body.end(orderly=False)
    assert body.cut


def test_an_end_that_comes_too_early() -> None:
    body, _, _ = read(b"ab", length=5)
    body.end(orderly=True)
    assert (body.cut, body.length) == (True, 5)


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=5), st.integers(1, 7))
def test_chunks(parts: list[bytes], size: int) -> None:
    octets = b"".join(b"%X;ext\r\n%s\r\n" % (len(part), part) for part in parts)
    octets += b"0\r\nA: 1\r\nB: 2\r\n\r\nrest"
    body, _, ended = read(
        *(octets[at : at + size] for at in range(0, len(octets), size)), chunked=True
    )
    assert (body.octets(), ended) == (b"".join(parts), True)
    assert body.trailers() == (("A", "1"), ("B", "2"))
    assert (body.cut, body.problem, body.dropped) == (False, None, 0)


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"-1\r\n", "chunk size"),
        (b"\r\n", "chunk size"),
        (b"1\r\nab\r\n", "chunk end"),
        (b"0\r\n" + b"a" * 9000, "trailer"),
    ],
)
def test_broken_chunks(octets: bytes, problem: str) -> None:
    body, _, ended = read(octets, chunked=True)
    assert (ended, body.cut, body.problem) == (True, True, problem)


@pytest.mark.parametrize(
    ("octets", "length", "chunked", "missing", "goes_on"),
    [
        (b"ab", 5, False, 3, True),
        (b"ab", 5, False, 4, False),
        (b"ab", 5, False, None, False),
        (b"ab", None, False, 9, True),
        (b"ab", None, False, None, True),
        (b"5\r\nab", None, True, 3, True),
        (b"5\r\nab", None, True, 4, False),
        (b"5\r", None, True, 1, False),
        (b"1\r\nab", None, True, 1, False),
    ],
)
def test_missing_octets(
    octets: bytes, length: int | None, chunked: bool, missing: int | None, goes_on: bool
) -> None:
    body, _, _ = read(octets, length=length, chunked=chunked)
    assert body.miss(missing) is goes_on


def test_behind_missing_octets_none_is_kept() -> None:
    body, queue, _ = read(b"ab", length=6)
    assert body.miss(2)
    queue.push(chunk(b"ef", S, 4))
    assert body.read()
    assert (body.octets(), body.length, body.cut, body.dropped) == (b"ab", 6, True, 0)
