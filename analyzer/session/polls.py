"""Questions for SystemInfo: a desktop that lost its node asks every 20 s until one serves."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.finesse import SystemInfo
from ..model.history import Polling
from ..model.http import Exchange
from ..model.limits import SYSTEM_INFO_POLLS
from ..model.source import Source

POLLS = 3
"""A page asks once or twice when it loads."""

_LEAST_NS, _MOST_NS = 15_000_000_000, 25_000_000_000
"""Every 20 s, with what a browser's timer may add or lack."""

_ANSWERS = 5
"""Different answers that are told."""

_SOURCES = 20
"""Requests that are pointed at."""


class _Poll(Struct, gc=False):
    """
    One question.

    Attributes:
        number: Of its connection.
        host: Asked.
        time_ns: When.
        answer: Status, or what SystemInfo says; empty where the body of a good answer is missing.
        source: The question.
        answered: The answer.
    """

    number: int
    host: str
    time_ns: int
    answer: str
    source: Source
    answered: Source | None


class Polls:
    """
    Questions for SystemInfo of one recording, over all connections.

    Attributes:
        anomalies: That some found no room.
    """

    def __init__(self) -> None:
        self._polls: list[_Poll] = []
        self.anomalies: list[Anomaly] = []

    def asked(self, number: int, host: str, exchange: Exchange) -> None:
        """Take a call that asks for SystemInfo; its connection has that number."""
        request, response = exchange.request, exchange.response
        if request is None or request.source.time_ns is None:
            return
        if len(self._polls) == SYSTEM_INFO_POLLS:
            values: dict[str, str | int] = {
                "limit": "SYSTEM_INFO_POLLS",
                "value": SYSTEM_INFO_POLLS,
            }
            self.anomalies = [Anomaly(code=AnomalyCode.LIMIT, values=values)]
            return
        status = 0 if response is None else response.status
        poll = _Poll(
            number=number,
            host=host,
            time_ns=request.source.time_ns,
            answer=_word(status),
            source=request.source,
            answered=None if response is None else response.source,
        )
        self._polls.append(poll)

    def told(self, info: SystemInfo) -> None:
        """Take what the latest of these calls was answered."""
        if self._polls and self._polls[-1].answered == info.source:
            self._polls[-1].answer = (info.status or "").upper()

    def runs(self, capture: int, clients: Mapping[int, str | None]) -> tuple[Polling, ...]:
        """
        Who polled which node, and how long.

        Args:
            capture: Index of the input.
            clients: Number of a connection → address of its client.
        """
        ways: defaultdict[tuple[str | None, str], list[_Poll]] = defaultdict(list)
        for poll in self._polls:
            ways[clients.get(poll.number), poll.host].append(poll)
        found = [
            _polling(capture, client, run)
            for (client, _), polls in ways.items()
            if len(polls) >= POLLS
            for run in _runs(sorted(polls, key=lambda poll: poll.time_ns))
        ]
        return tuple(sorted(found, key=lambda one: one.first_ns))


def _word(status: int) -> str:
    if status == 200:  # its body says more, where it is there
        return ""
    return str(status) if status else "no answer"


def _runs(polls: list[_Poll]) -> Iterator[list[_Poll]]:
    """Those that keep the interval."""
    run = polls[:1]
    for before, after in pairwise(polls):
        if not _LEAST_NS <= after.time_ns - before.time_ns <= _MOST_NS:
            if len(run) >= POLLS:
                yield run
            run = []
        run.append(after)
    if len(run) >= POLLS:
        yield run


def _polling(capture: int, client: str | None, run: list[_Poll]) -> Polling:
    answers = dict.fromkeys(poll.answer for poll in run if poll.answer)
    return Polling(
        capture=capture,
        client=client,
        host=run[0].host,
        count=len(run),
        first_ns=run[0].time_ns,
        last_ns=run[-1].time_ns,
        answers=tuple(answers)[:_ANSWERS],
        sources=tuple(poll.source for poll in run[:_SOURCES]),
    )
