"""Types of columns: nothing that is stored raises, whatever characters and numbers it holds."""

import re
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator

INT64 = 1 << 63

# PostgreSQL takes no NUL in a text, and neither database a lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: str) -> str:
    """The text with U+FFFD for each character that no database takes (NUL, lone surrogates)."""
    # Of an enumeration member its value: psycopg would store the name.
    return _UNSTORABLE.sub("\ufffd", str(value))


class Words(TypeDecorator[str]):
    """Text of any origin, stored and compared as `storable` has it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is handed to the driver."""
        return None if value is None else storable(value)


class Whole(TypeDecorator[int]):
    """A whole number; one beyond 64 bits is as far away as 64 bits reach."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """What is handed to the driver."""
        return None if value is None else max(-INT64, min(value, INT64 - 1))


class Packed(TypeDecorator[Any]):
    """A Struct as JSON in a text column."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Struct]) -> None:
        """Of that type."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Struct | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is handed to the driver."""
        if value is None:
            return None
        return msgspec.json.encode(_storable_within(msgspec.to_builtins(value))).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """What was stored."""
        return None if value is None else msgspec.json.decode(value, type=self.kind)


def _storable_within(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _storable_within(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_within(item) for item in value]
    return value
