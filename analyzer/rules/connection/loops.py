"""Sessions of one agent that follow each other without a pause."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...model.session import Session, StepName, StepStatus

LOOP = ("FI-012", "FI-013", "FI-016")
"""Rules whose findings are signs of it."""

ATTEMPTS = 3
"""Two logins are a page that was loaded again."""

SHORT_NS = 60_000_000_000
"""A session that lasts longer has come to rest."""

PAUSE_NS = 10_000_000_000
"""RFC 6455 section 7.2.3: up to 5 s before the first reconnect, more before the others."""


def loops(
    sessions: Sequence[Session], agents: Mapping[int, str] | None = None
) -> Iterator[list[Session]]:
    """
    Runs of at least three sessions, each begun soon after a short one before it had ended.

    Args:
        sessions: In the order they began.
        agents: Number of a session → agent it belongs to, for those that do not say it.
    """
    known = agents or {}
    runs: dict[tuple[int, str, str], list[Session]] = defaultdict(list)
    for session in sessions:
        if is_unconnected(session):
            continue
        agent = session.agent or known.get(session.number) or address(session)
        key = (session.capture, agent, session.server)
        run = runs[key]
        if run and not _follows(run[-1], session):
            if len(run) >= ATTEMPTS:
                yield list(run)
            run.clear()
        run.append(session)
    yield from (run for run in runs.values() if len(run) >= ATTEMPTS)


def is_unconnected(session: Session) -> bool:
    """Whether no connection came about: a client that is refused is in no loop of its own."""
    step = session.step(StepName.CONNECT)
    return step is not None and step.status is StepStatus.FAILED


def address(session: Session) -> str:
    """Who it is, where no name can be read."""
    client = session.connection.client if session.connection is not None else None
    return "" if client is None else client.host


def _follows(before: Session, session: Session) -> bool:
    began, ended, again = before.started_ns, before.ended_ns, session.started_ns
    if began is None or ended is None or again is None or before.close.orderly:
        return False
    # A socket may outlive its session a little; two that overlap for long are two tabs.
    return ended - began <= SHORT_NS and began < again and -SECOND_NS <= again - ended <= PAUSE_NS


SECOND_NS = 1_000_000_000
