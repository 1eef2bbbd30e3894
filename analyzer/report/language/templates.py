"""Templates of what people read, and the one place where it is decided how they write strings."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .texts import say
from .visible import clipped, legible


def environment(package: str) -> Environment:
    """
    The templates of a package; every string they write is made visible and escaped.

    Args:
        package: Its full name; they lie in its folder `templates`.
    """
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["say"] = say
    made.filters["clip"] = _clip
    return made


def _seen(value: Any) -> Any:
    """Every string that a template writes passes here, before it is escaped."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return legible(value)
    return value


def _clip(text: str, length: int) -> str:
    return clipped(legible(text), length)
