"""How a server runs: what its options say, and limits that tests change."""

from pathlib import Path

from msgspec import Struct

from .records import Keep

MIB = 1 << 20
GIB = 1 << 30

MOST_DAYS = 3_650
"""That a case may be kept, unless it is kept until somebody deletes it."""


class Settings(Struct, frozen=True, kw_only=True):
    """
    How one server runs.

    Attributes:
        host: Address to listen at.
        port: TCP port; 0 takes any that is free.
        data: Folder of its own: database, blobs, uploads under way, token.
        database: SQLAlchemy URL; empty: SQLite below `data`.
        store: fsspec URL of the blobs; empty: a folder below `data`.
        keep: What stays of an upload once it is analysed.
        redact: What is taken out of reports: "secrets" or "all".
        profile: What is expected of sessions where an upload does not say.
        retention_s: How long a case stays where nobody sets it; None: until somebody deletes it.
        workers: Analyses at the same time.
        job_memory: Address space of an analysis, in octets.
        job_s: Wall clock of an analysis.
        lease_s: A job whose server has said nothing for so long is taken over.
        queue: Jobs that may wait; beyond it uploads are refused.
        max_file: Octets of one file.
        max_case: Octets of all files of a case.
        max_files: Files of a case.
        quota: Octets of all cases; 0: as many as the disk has room for.
        free_disk: Octets that uploads leave free on the disk.
        token: Secret that lets people and programs in; empty: nobody is asked (loopback only).
        hosts: Names by which people reach this server, besides loopback and `host`.
        public_url: Where people reach it, if a proxy stands before it; else empty.
        trusted_proxies: Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed.
        upload_idle_s: An upload of which hardly anything (16 KiB) comes for so long is dropped.
        requests_per_minute: Of one client, besides the parts of pages.
        sign_ins_per_minute: Wrong tokens of one client.
        grace_s: How long running jobs may go on after a request to stop.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8480
    database: str = ""
    store: str = ""
    keep: Keep = Keep.REDACTED
    redact: str = "secrets"
    profile: str = "finesse"
    retention_s: int | None = 30 * 86_400
    workers: int = 2
    job_memory: int = 2 * GIB
    job_s: int = 600
    lease_s: int = 30
    queue: int = 100
    max_file: int = 2 * GIB
    max_case: int = 4 * GIB
    max_files: int = 100
    quota: int = 0
    free_disk: int = 512 * MIB
    token: str = ""
    hosts: tuple[str, ...] = ()
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    upload_idle_s: int = 60
    requests_per_minute: int = 600
    sign_ins_per_minute: int = 10
    grace_s: int = 20

    def __repr__(self) -> str:
        """Where it keeps things, and nothing that lets anybody in: no token, no password."""
        return f"Settings(data={self.data!r})"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database or f"sqlite:///{self.data.resolve() / 'stanzascope.sqlite'}"

    @property
    def store_url(self) -> str:
        """URL of the blobs, as fsspec has them."""
        return self.store or (self.data.resolve() / "blobs").as_uri()
