"""What the list of cases is searched by: made anew whenever anything of a case changes."""

from collections.abc import Iterable
from unicodedata import normalize

from sqlalchemy import Connection, Row, delete, insert, literal, select, update

from ..records import JobState, Summary
from .tables import cases, files, jobs, listing

WORKING = "working"
"""Standing of a case whose last analysis is not over."""

FAILED = "failed"
"""Standing of a case whose last analysis failed."""

SLICE = 64
"""Characters of a word that are folded at once."""


def folded(text: str) -> str:
    """The text as it is searched: any case, any way to write the same character, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(map(_folded_word, text.split()))


def _folded_word(word: str) -> str:
    # Python sorts a run of combining marks in quadratic time: what is no word goes in slices.
    slices = (word[at : at + SLICE] for at in range(0, len(word), SLICE))
    return "".join(normalize("NFKC", normalize("NFKC", part).casefold()) for part in slices)


def held_case(connection: Connection, case_id: str) -> Row[tuple[str]] | None:
    """
    Keep all other writers off a case until the transaction ends.

    Who also locks jobs does this first, so that nobody waits in a circle.

    Returns:
        Its row; None if there is no such case or it is being deleted.
    """
    wanted = select(cases.c.id).where(cases.c.id == case_id, cases.c.deleted_ns.is_(None))
    return connection.execute(wanted.with_for_update()).one_or_none()


def enlist(connection: Connection, case_id: str) -> None:
    """Show a new case in the list; `refresh` follows."""
    serial_of = select(cases.c.serial, cases.c.created_ns, *[literal("")] * 4)
    values = serial_of.where(cases.c.id == case_id)
    connection.execute(insert(listing).from_select(listing.c.keys(), values))


def delist(connection: Connection, case_id: str) -> None:
    """Show a case no more."""
    serial = select(cases.c.serial).where(cases.c.id == case_id).scalar_subquery()
    connection.execute(delete(listing).where(listing.c.serial == serial))


def refresh(connection: Connection, case_id: str, now_ns: int) -> None:
    """Write down that a case changed, and what it is found by from now on."""
    this = cases.c.id == case_id
    connection.execute(update(cases).where(this).values(changed_ns=now_ns))
    row = connection.execute(
        select(cases.c.serial, cases.c.number, cases.c.notes, cases.c.summary, jobs.c.state)
        .select_from(cases.outerjoin(jobs, jobs.c.id == cases.c.job_id))
        .where(this)
    ).one()
    names = connection.scalars(select(files.c.name).where(files.c.case_id == case_id))
    summary: Summary | None = row.summary
    agents, servers = (summary.agents, summary.servers) if summary else ((), ())
    told = (summary.rule or "", *summary.headline.values()) if summary else ()
    connection.execute(
        update(listing)
        .where(listing.c.serial == row.serial)
        .values(
            standing=_standing(row.state, summary),
            agents="\n".join(map(folded, agents)),
            servers="\n".join(map(folded, servers)),
            found=_words((row.number, row.notes, *names, *agents, *servers, *told)),
        )
    )


def _standing(state: str | None, summary: Summary | None) -> str:
    if state in (JobState.QUEUED, JobState.RUNNING):
        return WORKING
    if state == JobState.FAILED:
        return FAILED
    # An index takes no text of any length.
    return summary.outcome[:SLICE] if summary else ""


def _words(texts: Iterable[str]) -> str:
    # What is searched has no spaces: each word once is as good as all of the texts.
    return " ".join(dict.fromkeys(word for text in texts for word in folded(text).split()))
