import asyncio
import errno
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.web.blobs.incoming import IncomingFile
from analyzer.web.intake.arriving import OVERHEAD_OCTETS
from analyzer.web.intake.receiving import LEAST_OCTETS, receive, received
from analyzer.web.problems import Problem, ProblemCode
from tests.web.intake.forms import HAR, PCAP, Client, chosen, client, contents, form, typed

BODY = form(typed("number", "1"), chosen("a.har"), chosen("b.pcap", PCAP))

KIB = 1 << 10
MIB = 1 << 20


def pieces(body: bytes, length: int = 64 * KIB) -> Iterator[bytes]:
    return (body[at : at + length] for at in range(0, len(body), length))


class TestEnds:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(st.integers(1, len(BODY) - 3), st.integers(1, len(BODY)), st.booleans())
    def test_anywhere_too_early(self, sender: Client, end: int, length: int, leaves: bool) -> None:
        problem = sender.refused(*pieces(BODY[:end], length), leaves=leaves)
        assert problem.code is ProblemCode.CUT_OFF

    def test_an_empty_body(self, sender: Client) -> None:
        assert sender.refused().code is ProblemCode.CUT_OFF

    def test_a_client_that_goes_away_behind_the_last_octet(self, sender: Client) -> None:
        # The body is not over before the server says so: it may be that nobody waits any more.
        assert sender.refused(BODY, leaves=True).code is ProblemCode.CUT_OFF

    def test_a_server_that_stops(self, sender: Client) -> None:
        async def stopped() -> None:
            request = sender.request([BODY[:-10], 60.0, BODY[-10:]])
            with anyio.move_on_after(0.2):
                await receive(request, sender.incoming, sender.settings)
                raise AssertionError

        asyncio.run(stopped())
        assert sender.left() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.integers(0, len(BODY)), max_size=8))
def test_however_the_body_is_cut(sender: Client, places: list[int]) -> None:
    ends = [0, *sorted(places), len(BODY)]
    upload = sender.send(*(BODY[a:b] for a, b in pairwise(ends)))
    assert upload.fields == {"number": "1"}
    assert contents(upload) == [("a.har", HAR), ("b.pcap", PCAP)]
    sender.incoming.discard(upload.files)


class TestTheLengthSaid:
    def test_too_large_a_one_is_refused_before_anything_is_read(self, sender: Client) -> None:
        most = sender.settings.max_case + OVERHEAD_OCTETS
        for said in (str(most + 1), "9" * 30, "9" * 5000):
            problem = sender.refused(BODY, headers={"content-length": said})
            assert problem.code is ProblemCode.TOO_LARGE
            assert problem.values == {"limit": sender.settings.max_case}
        assert sender.taken == 0

    @pytest.mark.parametrize("said", ["", "x", "-1", "\xb2", "1e9", "10"])
    def test_a_lie_of_which_nothing_comes(self, sender: Client, said: str) -> None:
        assert len(sender.send(BODY, headers={"content-length": said}).files) == 2

    def test_a_lie_that_is_too_small_helps_nobody(self, sender: Client) -> None:
        limited = sender.limited(max_file=100)
        body = form(chosen("a.har", HAR + b" " * 100))
        problem = limited.refused(body, headers={"content-length": "10"})
        assert problem.code is ProblemCode.TOO_LARGE

    def test_none_at_all(self, sender: Client) -> None:
        limited = sender.limited(max_file=100)
        body = form(chosen("a.har", HAR + b" " * 100))
        problem = limited.refused(*pieces(body, 10), headers={"transfer-encoding": "chunked"})
        assert problem.code is ProblemCode.TOO_LARGE

    def test_one_for_which_the_disk_has_no_room(
        self, sender: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sender.incoming, "free", lambda: 10 * MIB)
        limited = sender.limited(free_disk=MIB)
        said = {"content-length": str(9 * MIB + 1)}
        assert limited.refused(BODY, headers=said).code is ProblemCode.DISK_FULL
        assert limited.taken == 0
        fits = {"content-length": str(9 * MIB)}
        assert len(limited.send(BODY, headers=fits).files) == 2


class TestSlowClients:
    def test_one_that_stops_sending(self, sender: Client) -> None:
        begun = time.monotonic()
        problem = sender.limited(upload_idle_s=0.2).refused(BODY[:-10], 30.0, BODY[-10:])
        assert problem.code is ProblemCode.CUT_OFF
        assert 0.2 <= time.monotonic() - begun < 20

    def test_one_that_never_begins(self, sender: Client) -> None:
        problem = sender.limited(upload_idle_s=0.1).refused(30.0, BODY)
        assert problem.code is ProblemCode.CUT_OFF

    def test_one_that_sends_an_octet_now_and_then(self, sender: Client) -> None:
        drops = [drop for at in range(len(BODY)) for drop in (BODY[at : at + 1], 0.05)]
        problem = sender.limited(upload_idle_s=0.5).refused(*drops)
        assert problem.code is ProblemCode.CUT_OFF
        assert sender.taken < len(BODY)

    def test_one_that_is_slow_but_goes_on(self, sender: Client) -> None:
        body = form(chosen("a.har", HAR + b" " * 8 * LEAST_OCTETS))
        sent = [part for piece in pieces(body, LEAST_OCTETS) for part in (0.3, piece)]
        # All of it takes longer than the idle time, no part of it does.
        upload = sender.limited(upload_idle_s=2).send(*sent)
        assert upload.files[0].octets == len(HAR) + 8 * LEAST_OCTETS


class TestTheDisk:
    def test_is_left_some_room(self, sender: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        # Other programs fill it, too: what is free is asked again and again.
        left = iter(range(100 * MIB, 0, -MIB))
        monkeypatch.setattr(sender.incoming, "free", lambda: next(left))
        body = form(chosen("a.har", HAR + b" " * (90 * MIB)))
        problem = sender.limited(free_disk=80 * MIB).refused(*pieces(body))
        assert problem.code is ProblemCode.DISK_FULL

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
    def test_that_is_full_all_the_same(
        self, sender: Client, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        def fails(file: IncomingFile) -> None:
            raise OSError(number, "full")

        monkeypatch.setattr(IncomingFile, "finish", fails)
        assert sender.refused(BODY).code is ProblemCode.DISK_FULL

    def test_that_fails_otherwise_is_no_fault_of_the_client(
        self, sender: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(file: IncomingFile) -> None:
            raise OSError(errno.EIO, "broken")

        monkeypatch.setattr(IncomingFile, "finish", fails)
        with pytest.raises(OSError, match="broken"):
            sender.send(BODY)
        assert sender.left() == []

    def test_a_real_one_that_is_full(self, tmp_path: Path) -> None:
        small = tmp_path / "small"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("a file system can be mounted by root only")
        try:
            with client(small) as sender:
                body = form(chosen("a.har"), chosen("b.har", HAR + b" " * (8 * MIB)))
                assert sender.refused(*pieces(body)).code is ProblemCode.DISK_FULL
                assert len(sender.send(BODY).files) == 2
        finally:
            subprocess.run(["umount", str(small)], check=True)


class TestReceived:
    def test_takes_away_what_nobody_took(self, sender: Client) -> None:
        def take(path: str) -> None:
            Path(path).rename(sender.settings.data / "kept")
            assert len(sender.left()) == 1

        async def handled() -> None:
            request = sender.request([BODY])
            async with received(request, sender.incoming, sender.settings) as upload:
                take(upload.files[0].path)

        asyncio.run(handled())
        assert sender.left() == []
        assert (sender.settings.data / "kept").read_bytes() == HAR

    def test_takes_it_away_when_something_fails(self, sender: Client) -> None:
        async def handled() -> None:
            request = sender.request([BODY])
            async with received(request, sender.incoming, sender.settings):
                raise Problem(ProblemCode.QUEUE_FULL)

        with suppress(Problem):
            asyncio.run(handled())
        assert sender.left() == []


def test_many_octets_take_little_memory_and_little_time(sender: Client) -> None:
    """
    What the page promises is 300 MB; a tenth of that shows whether anything piles up.

    How fast 300 MB are taken is among the benchmarks.
    """
    block = b" " * (64 * KIB)
    octets = 32 * MIB

    def body() -> Iterator[bytes]:
        head, tail = form(chosen("a.har", HAR + b"\0")).split(b"\0")
        yield head
        yield from (block for _ in range(octets // len(block)))
        yield tail

    sender.send(BODY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    upload = sender.send(*body())
    took = time.process_time() - begun
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert upload.files[0].octets == octets + len(HAR)
    assert more < 16 * KIB, f"{more} KiB"
    assert octets / took > 5 * MIB


@pytest.mark.parametrize("octets", [HAR, HAR + b" " * (3 * MIB)])
def test_nothing_is_written_by_the_thread_that_answers_others(
    sender: Client, monkeypatch: pytest.MonkeyPatch, octets: bytes
) -> None:
    threads: dict[str, set[int]] = {"write": set(), "finish": set(), "discard": set()}

    def watched(name: str) -> Callable[..., None]:
        real = getattr(IncomingFile, name)

        def noting(*args: object) -> None:
            threads[name].add(threading.get_ident())
            real(*args)

        return noting

    for name in threads:
        monkeypatch.setattr(IncomingFile, name, watched(name))
    sender.send(*pieces(form(chosen("a.har", octets))))
    sender.incoming.sweep(None)
    sender.refused(*pieces(form(chosen("a.har", octets + b" " * MIB))[:-60]))
    assert all(threads.values())
    assert not any(threading.get_ident() in found for found in threads.values())
