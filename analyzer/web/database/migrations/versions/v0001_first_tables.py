"""The first tables: cases and their list, files, jobs, renderings, answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHOWN = sa.text("deleted_ns IS NULL")
DELETED = sa.text("deleted_ns IS NOT NULL")
RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    """Make all of them."""
    _cases()
    _listing()
    _files()
    _jobs()
    _renderings()
    _answers()


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("serial", SERIAL, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
        sa.Column("changed_ns", sa.BigInteger, nullable=False),
        sa.Column("expires_ns", sa.BigInteger),
        sa.Column("deleted_ns", sa.BigInteger),
        sa.Column("summary", sa.Text),
        sa.Column("job_id", sa.Text),
        sa.UniqueConstraint("id", name="cases_id"),
    )
    op.create_index(
        "cases_expires", "cases", ["expires_ns"], sqlite_where=SHOWN, postgresql_where=SHOWN
    )
    op.create_index(
        "cases_deleted", "cases", ["deleted_ns"], sqlite_where=DELETED, postgresql_where=DELETED
    )


def _listing() -> None:
    op.create_table(
        "listing",
        sa.Column(
            "serial",
            SERIAL,
            sa.ForeignKey("cases.serial", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("agents", sa.Text, nullable=False),
        sa.Column("servers", sa.Text, nullable=False),
        sa.Column("found", sa.Text, nullable=False),
    )
    op.create_index("listing_created", "listing", ["created_ns", "serial"])
    op.create_index("listing_standing", "listing", ["standing", "created_ns", "serial"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("serial", SERIAL, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column(
            "case_id", sa.Text, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("octets", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("blob", sa.Text),
        sa.Column("received_ns", sa.BigInteger, nullable=False),
        sa.Column("derived", sa.Boolean, nullable=False),
        sa.UniqueConstraint("id", name="files_id"),
    )
    op.create_index("files_case", "files", ["case_id", "serial"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("serial", SERIAL, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column(
            "case_id", sa.Text, sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("good", sa.Text),
        sa.Column("bad", sa.Text),
        sa.Column("queued_ns", sa.BigInteger, nullable=False),
        sa.Column("started_ns", sa.BigInteger),
        sa.Column("finished_ns", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("interruptions", sa.Integer, nullable=False),
        sa.Column("progress", sa.Text),
        sa.Column("failure", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("lease_ns", sa.BigInteger),
        sa.UniqueConstraint("id", name="jobs_id"),
    )
    op.create_index("jobs_case", "jobs", ["case_id", "serial"])
    op.create_index("jobs_state", "jobs", ["state", "serial"])
    op.create_index(
        "jobs_running",
        "jobs",
        ["case_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )


def _renderings() -> None:
    op.create_table(
        "renderings",
        sa.Column("job_id", sa.Text, sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("blob", sa.Text, nullable=False),
        sa.Column("octets", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "format", "language", name="renderings_key"),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("begun_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="answers_key"),
    )
    op.create_index("answers_begun", "answers", ["begun_ns"])
