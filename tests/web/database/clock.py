"""A clock that stands until it is told to go on, and what the tests store."""

from sqlalchemy import Engine, update

from analyzer.web.database.engine import writing
from analyzer.web.database.tables import jobs
from analyzer.web.records import FileKind, Received

START_NS = 1_700_000_000_000_000_000
SECOND_NS = 10**9


class Clock:
    def __init__(self) -> None:
        self.now_ns = START_NS
        self.followed: Engine | None = None

    def __call__(self) -> int:
        return self.now_ns

    def pass_s(self, seconds: float) -> None:
        self.now_ns += round(seconds * SECOND_NS)
        if self.followed is not None:
            earlier = jobs.c.lease_ns - round(seconds * SECOND_NS)
            with writing(self.followed) as connection:
                connection.execute(update(jobs).values(lease_ns=earlier))

    def leads(self, engine: Engine) -> None:
        """PostgreSQL has a clock of its own for leases: they are moved instead."""
        if engine.dialect.name == "postgresql":
            self.followed = engine


def received(name: str = "session.har", octets: int = 10) -> Received:
    return Received(
        path=f"/incoming/{name}", name=name, kind=FileKind.HAR, octets=octets, sha256="ab" * 32
    )
