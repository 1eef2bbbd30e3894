"""Requests with an idempotency key: one that is sent again gets the answer of the first."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..problems import Problem, ProblemCode
from .engine import writing
from .tables import answers

SECOND_NS = 10**9

REMEMBERED_S = 24 * 3600
"""How long an answer is given again."""

UNDER_WAY_S = 600
"""How long a request without an answer counts as under way; its server may have died."""

RETRY_S = 5
"""When to try again, if the first request is under way."""


class Idempotency:
    """Thread-safe; each method is one transaction. Of keys only the SHA-256 is stored."""

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        """Of a migrated database, and nanoseconds since 1970 UTC."""
        self._engine = engine
        self._clock = clock

    def begin(self, key: str, fingerprint: str) -> str | None:
        """
        Begin a request.

        Args:
            key: As the client sent it.
            fingerprint: The same for the same request only.

        Returns:
            What `answered` was told for the same request within the last day; None if this is the
            first one: `answered` or `abandon` ends it.

        Raises:
            Problem: KEY_REUSED: it was another request; CONFLICT: the first one is under way.
        """
        now_ns, hashed, mark = self._clock(), _hash(key), _hash(fingerprint)
        begun = {"fingerprint": mark, "answer": None, "begun_ns": now_ns}
        with writing(self._engine) as connection:
            row = _begun(connection, hashed, begun)
            if row is None:
                return None
            if _is_over(row, now_ns):
                connection.execute(update(answers).where(answers.c.key == hashed).values(**begun))
                return None
        if row.fingerprint != mark:
            raise Problem(ProblemCode.KEY_REUSED)
        if row.answer is None:
            raise Problem(ProblemCode.CONFLICT, "the first request is under way", retry_s=RETRY_S)
        return str(row.answer)

    def abandon(self, key: str) -> None:
        """Forget a request that was refused: it may be sent again, and be another one."""
        unanswered = (answers.c.key == _hash(key)) & answers.c.answer.is_(None)
        with writing(self._engine) as connection:
            connection.execute(delete(answers).where(unanswered))

    def forget_old(self) -> int:
        """Forget what is older than a day; gives how many there were."""
        old = answers.c.begun_ns <= self._clock() - REMEMBERED_S * SECOND_NS
        with writing(self._engine) as connection:
            return connection.execute(delete(answers).where(old)).rowcount


def answered(connection: Connection, key: str | None, answer: str) -> None:
    """
    Write down the answer of a request that was begun, with what it did: both last, or neither.

    Args:
        connection: Of the transaction that does it.
        key: As of `Idempotency.begin`; None: the request has none.
        answer: What `begin` is to give for the same request.
    """
    if key is not None:
        of_key = answers.c.key == _hash(key)
        connection.execute(update(answers).where(of_key).values(answer=answer))


def _begun(connection: Connection, hashed: str, begun: dict[str, Any]) -> Row[Any] | None:
    """The row of a request that was begun before, held; None if this is the first one."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    first = kind.insert(answers).values(key=hashed, **begun).on_conflict_do_nothing()
    while connection.execute(first.returning(answers.c.key)).one_or_none() is None:
        held = select(answers).where(answers.c.key == hashed).with_for_update()
        row = connection.execute(held).one_or_none()
        if row is not None:
            return row
        # It was abandoned between the two.
    return None


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_over(row: Row[Any], now_ns: int) -> bool:
    lasts_s = UNDER_WAY_S if row.answer is None else REMEMBERED_S
    return bool(row.begun_ns <= now_ns - lasts_s * SECOND_NS)
