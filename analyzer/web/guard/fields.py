"""The fields of a request's header, read exactly: what stands twice is never quietly one."""

from starlette.types import Scope

from ..problems import Problem, ProblemCode


def every(scope: Scope, name: bytes) -> list[str]:
    """All values of a field, in order; `name` in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def single(scope: Scope, name: bytes) -> str | None:
    """
    Give the only value of a field; None if it is not there.

    Raises:
        Problem: BAD_FORM if it stands there twice.
    """
    values = every(scope, name)
    if len(values) > 1:
        raise Problem(ProblemCode.BAD_FORM, f"{name.decode()} stands there twice")
    return values[0].strip(" \t") if values else None
