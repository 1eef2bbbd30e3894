"""Which cases a query wants, and where its next page begins."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, literal, select, tuple_

from ..problems import Problem, ProblemCode
from ..records import CaseQuery
from .columns import INT64, Words
from .listing import folded
from .tables import listing

MOST_WORDS = 20
"""Words of a search that are looked at."""

_CURSOR = re.compile(r"([0-9]{1,19})\.([0-9]{1,19})", re.ASCII)


def cursor_of(row: Row[Any]) -> str:
    """What a query says to get the cases after that of the row, which is one of `select_cases`."""
    return f"{row.created_ns}.{row.serial}"


def matching(query: CaseQuery, dialect: str, most: int) -> Select[tuple[int, int]]:
    """
    The cases that a query wants: `created_ns` and `serial`, the newest first.

    Args:
        query: What is wanted of them; texts may hold anything.
        dialect: SQLAlchemy's name of the database.
        most: How many of them.

    Raises:
        Problem: BAD_VALUE: the cursor is of no page.
    """
    order = (listing.c.created_ns, listing.c.serial)
    wanted = select(*order).order_by(*(column.desc() for column in order)).limit(most)
    # The longest are the rarest: a case that lacks them is passed over soonest.
    words = sorted(set(folded(query.search).split()), key=lambda word: (-len(word), word))
    for word in words[:MOST_WORDS]:
        wanted = wanted.where(_holds(listing.c.found, word, dialect))
    if query.agent.strip():
        wanted = wanted.where(_holds(listing.c.agents, folded(query.agent.strip()), dialect))
    if query.server.strip():
        wanted = wanted.where(_holds(listing.c.servers, folded(query.server.strip()), dialect))
    if query.outcome:
        wanted = wanted.where(listing.c.standing == query.outcome)
    if query.since_ns is not None:
        wanted = wanted.where(listing.c.created_ns >= query.since_ns)
    if query.before_ns is not None:
        wanted = wanted.where(listing.c.created_ns < query.before_ns)
    if query.cursor:
        wanted = wanted.where(tuple_(*order) < tuple_(*map(literal, _after(query.cursor))))
    return wanted


def _after(cursor: str) -> tuple[int, int]:
    found = _CURSOR.fullmatch(cursor)
    if found is None or max(numbers := (int(found[1]), int(found[2]))) >= INT64:
        raise Problem(ProblemCode.BAD_VALUE, "no such page", field="cursor")
    return numbers


def _holds(column: ColumnElement[str], part: str, dialect: str) -> ColumnElement[bool]:
    # No LIKE: it has wildcards, a longest pattern, and case rules of its own.
    position = func.strpos if dialect == "postgresql" else func.instr
    return position(column, literal(part, Words)) > 0
