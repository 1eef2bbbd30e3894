"""Rows of the tables as what the web speaks of."""

import secrets

import msgspec
from sqlalchemy import Row, Select, select

from ..records import Case, File, Job
from .tables import cases, files, jobs

JOB = [jobs.c[name] for name in Job.__struct_fields__]
FILE = [files.c[name] for name in File.__struct_fields__]

_CASE = [name for name in Case.__struct_fields__ if name != "job"]


def new_id() -> str:
    """An id that nobody guesses: 128 random bits, as lower-case hexadecimal digits."""
    return secrets.token_hex(16)


def select_cases() -> Select[tuple[object, ...]]:
    """Cases with their last analysis, as `case_of` takes them; never one that is being deleted."""
    job = [column.label(f"job_{column.name}") for column in JOB]
    joined = cases.outerjoin(jobs, jobs.c.id == cases.c.job_id)
    own = [cases.c[name] for name in _CASE]
    return (
        select(*own, cases.c.serial, *job).select_from(joined).where(cases.c.deleted_ns.is_(None))
    )


def case_of(row: Row[tuple[object, ...]]) -> Case:
    """The case of a row of `select_cases`."""
    values = row._mapping  # noqa: SLF001 - public, as SQLAlchemy's documentation has it
    case = {name: values[name] for name in _CASE}
    job = {name: values[f"job_{name}"] for name in Job.__struct_fields__}
    case["job"] = job if job["id"] is not None else None
    return msgspec.convert(case, Case)


def file_of(row: Row[tuple[object, ...]]) -> File:
    """The file of a row with the columns `FILE`, in their order."""
    return msgspec.convert(dict(zip(File.__struct_fields__, row, strict=True)), File)


def job_of(row: Row[tuple[object, ...]]) -> Job:
    """The job of a row with the columns `JOB`, in their order."""
    return msgspec.convert(dict(zip(Job.__struct_fields__, row, strict=True)), Job)
