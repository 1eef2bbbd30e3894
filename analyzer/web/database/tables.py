"""The tables, as SQLAlchemy Core has them; `migrations` makes them, and a test holds both equal."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from ..records import Failure, Progress, Summary
from .columns import Packed, Whole, Words

metadata = MetaData()

# SQLite counts by itself in a column of exactly this type only.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")

CASE = "cases.id"

SHOWN = text("deleted_ns IS NULL")
DELETED = text("deleted_ns IS NOT NULL")
RUNNING = text("state = 'running'")

cases = Table(
    "cases",
    metadata,
    Column("serial", SERIAL, primary_key=True),
    Column("id", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("notes", Words, nullable=False),
    Column("created_ns", Whole, nullable=False),
    Column("changed_ns", Whole, nullable=False),
    Column("expires_ns", Whole),
    Column("deleted_ns", Whole),
    Column("summary", Packed(Summary)),
    Column("job_id", Words),  # its last analysis
    UniqueConstraint("id", name="cases_id"),
    Index("cases_expires", "expires_ns", sqlite_where=SHOWN, postgresql_where=SHOWN),
    Index("cases_deleted", "deleted_ns", sqlite_where=DELETED, postgresql_where=DELETED),
)

# What cases are found by: narrow, so that a search reads little; see listing.py.
listing = Table(
    "listing",
    metadata,
    Column(
        "serial",
        SERIAL,
        ForeignKey("cases.serial", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("created_ns", Whole, nullable=False),
    Column("standing", Words, nullable=False),
    Column("agents", Words, nullable=False),
    Column("servers", Words, nullable=False),
    Column("found", Words, nullable=False),
    Index("listing_created", "created_ns", "serial"),
    Index("listing_standing", "standing", "created_ns", "serial"),
)

files = Table(
    "files",
    metadata,
    Column("serial", SERIAL, primary_key=True),
    Column("id", Words, nullable=False),
    Column("case_id", Words, ForeignKey(CASE, ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("octets", Whole, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("blob", Words),
    Column("received_ns", Whole, nullable=False),
    Column("derived", Boolean, nullable=False),
    UniqueConstraint("id", name="files_id"),
    Index("files_case", "case_id", "serial"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("serial", SERIAL, primary_key=True),
    Column("id", Words, nullable=False),
    Column("case_id", Words, ForeignKey(CASE, ondelete="CASCADE"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("profile", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("good", Words),
    Column("bad", Words),
    Column("queued_ns", Whole, nullable=False),
    Column("started_ns", Whole),
    Column("finished_ns", Whole),
    Column("tries", Integer, nullable=False),
    Column("interruptions", Integer, nullable=False),
    Column("progress", Packed(Progress)),
    Column("failure", Packed(Failure)),
    Column("result", Words),
    Column("owner", Words),
    Column("lease_ns", Whole),
    UniqueConstraint("id", name="jobs_id"),
    Index("jobs_case", "case_id", "serial"),
    Index("jobs_state", "state", "serial"),
    # One job of a case at a time: an analysis may take away the files that another reads.
    Index(
        "jobs_running",
        "case_id",
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    ),
)

renderings = Table(
    "renderings",
    metadata,
    Column("job_id", Words, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("format", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("blob", Words, nullable=False),
    Column("octets", Whole, nullable=False),
    PrimaryKeyConstraint("job_id", "format", "language", name="renderings_key"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", Words, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("answer", Words),
    Column("begun_ns", Whole, nullable=False),
    PrimaryKeyConstraint("key", name="answers_key"),
    Index("answers_begun", "begun_ns"),
)
