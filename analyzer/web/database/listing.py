"""What the list of cases is searched by: made anew whenever anything of a case changes."""

import unicodedata
from collections.abc import Iterable

from sqlalchemy import Connection, Row, select, update

from ..records import JobState, Summary
from .tables import cases, files, jobs

WORKING = "working"
"""Standing of a case whose last analysis is not over."""

FAILED = "failed"
"""Standing of a case whose last analysis failed."""


def folded(text: str) -> str:
    """The text as it is searched: any case, any way to write the same character."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def held_case(connection: Connection, case_id: str) -> Row[tuple[str]] | None:
    """
    Keep all other writers off a case until the transaction ends.

    Who also locks jobs does this first, so that nobody waits in a circle.

    Returns:
        Its row; None if there is no such case or it is being deleted.
    """
    wanted = select(cases.c.id).where(cases.c.id == case_id, cases.c.deleted_ns.is_(None))
    return connection.execute(wanted.with_for_update()).one_or_none()


def refresh(connection: Connection, case_id: str, now_ns: int) -> None:
    """Write down that a case changed, and what it is found by from now on."""
    row = connection.execute(
        select(cases.c.number, cases.c.notes, cases.c.summary, jobs.c.state)
        .select_from(cases.outerjoin(jobs, jobs.c.id == cases.c.job_id))
        .where(cases.c.id == case_id)
    ).one()
    names = connection.scalars(select(files.c.name).where(files.c.case_id == case_id))
    summary: Summary | None = row.summary
    agents, servers = (summary.agents, summary.servers) if summary else ((), ())
    told = (summary.rule or "", *summary.headline.values()) if summary else ()
    connection.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(
            changed_ns=now_ns,
            standing=_standing(row.state, summary),
            agents=_lines(agents),
            servers=_lines(servers),
            found=_lines((row.number, row.notes, *names, *agents, *servers, *told)),
        )
    )


def _standing(state: str | None, summary: Summary | None) -> str:
    if state in (JobState.QUEUED, JobState.RUNNING):
        return WORKING
    if state == JobState.FAILED:
        return FAILED
    return summary.outcome if summary else ""


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(folded(text) for text in texts if text))
