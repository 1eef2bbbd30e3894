"""A profile as TOML with what each key means: what is printed loads again as the same profile."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from msgspec import Meta
from msgspec.structs import fields

from . import Loaded
from .checks import HINTS, allowed

_WIDTH = 98


def as_toml(loaded: Loaded) -> str:
    """Effective values, each with its meaning and with the file that set it; ends in a newline."""
    profile = loaded.profile
    keys = [info.name for info in fields(profile)]
    values = {key: getattr(profile, key) for key in keys}
    plain = [key for key in keys if not isinstance(values[key], dict)]
    tables = [key for key in keys if isinstance(values[key], dict)]
    parts = ["\n".join(_head(loaded))]
    parts += ["\n".join([*_told(key, loaded), f"{key} = {_value(values[key])}"]) for key in plain]
    for key in tables:
        rows = [f"{_key(name)} = {_value(value)}" for name, value in values[key].items()]
        parts.append("\n".join([*_told(key, loaded), f"[{key}]", *rows]))
    return "\n\n".join(parts) + "\n"


def _head(loaded: Loaded) -> Iterator[str]:
    yield f"# The profile {_shown(loaded.chain[0])} with its effective values."
    for child, parent in zip(loaded.chain, loaded.chain[1:], strict=False):
        yield f"# {_shown(child)} extends {_shown(parent)}."
    yield "# Save it, change it, and give the file to --profile; a file may say only what differs:"
    yield f'# name = "…", extends = {_value(loaded.chain[0])}, and the keys to change.'


def _told(key: str, loaded: Loaded) -> Iterator[str]:
    """What it means, and who says so."""
    metas = (meta for meta in HINTS[key].__metadata__ if isinstance(meta, Meta))
    meaning = next(meta.description for meta in metas if meta.description)
    text = f"{meaning} {allowed(key)}"
    for line in textwrap.wrap(text, _WIDTH, break_on_hyphens=False):
        yield f"# {line}"
    origins = loaded.origins.get(key)
    yield f"# From: {', '.join(map(_shown, origins)) if origins else 'default'}."


def _value(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _string(value)
    row = f"[{', '.join(_value(one) for one in value)}]"
    if len(row) <= _WIDTH:
        return row
    return "".join(["[\n", *(f"    {_value(one)},\n" for one in value), "]"])


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if bare else _string(name)


def _string(text: str) -> str:
    """A basic string of TOML; what does not print (bidi overrides, DEL) is escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)


def _shown(text: str) -> str:
    """A name inside a comment, which must not end early."""
    return "".join(c if c.isprintable() else "?" for c in text)
