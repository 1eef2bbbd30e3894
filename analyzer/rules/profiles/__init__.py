"""
Profiles: what is expected of a login at one kind of installation.

Each `<name>.toml` beside this file is built in; any other is given by its path. `extends` names
another one whose values hold where a file says nothing; tables are laid over each other key by key.
"""

import tomllib
from pathlib import Path
from typing import NamedTuple

import msgspec

from ...model.errors import UsageError
from ...model.limits import PROFILE_DEPTH, PROFILE_OCTETS
from ...model.profile import Profile
from .checks import flaw, suggest

_FOLDER = Path(__file__).parent

_Raw = dict[str, object]


class Loaded(NamedTuple):
    """
    A profile with where it comes from.

    Attributes:
        profile: Effective values.
        chain: Names of the files, its own first, then the one that it extends, and so on.
        origins: Key → names of the files that set it, its own first; keys left out: default.
    """

    profile: Profile
    chain: tuple[str, ...]
    origins: dict[str, tuple[str, ...]]


def names() -> tuple[str, ...]:
    """Names of the built-in profiles."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load(name_or_path: str) -> Profile:
    """
    A profile by its built-in name, or from a TOML file.

    Raises:
        UsageError: There is none, or what is wrong with it, in one line.
    """
    return read(name_or_path).profile


def read(name_or_path: str) -> Loaded:
    """The same with where its values come from; raises what `load` does."""
    files = _chain(name_or_path)
    merged: _Raw = {}
    origins: dict[str, tuple[str, ...]] = {}
    for label, raw in reversed(files):
        for key, value in raw.items():
            below = merged.get(key)
            laid_over = isinstance(value, dict) and isinstance(below, dict)
            merged[key] = {**below, **value} if laid_over else value  # type: ignore[dict-item]
            origins[key] = (label, *(origins.get(key, ()) if laid_over else ()))
        wrong = flaw(merged)
        if wrong is not None:
            raise UsageError(f"{label}: {wrong}")
    chain = tuple(label for label, _ in files)
    return Loaded(msgspec.convert(merged, Profile), chain, origins)


def _chain(name_or_path: str) -> list[tuple[str, _Raw]]:
    """The files, from the one asked for to the one that extends nothing."""
    files: list[tuple[str, _Raw]] = []
    seen: list[Path] = []
    label, path = _find(name_or_path, Path())
    while True:
        if path in seen:
            way = " → ".join((*(label for label, _ in files), label))
            raise UsageError(f"{files[-1][0]}: `extends` leads in a circle: {way}")
        if len(files) == PROFILE_DEPTH:
            raise UsageError(
                f"{files[0][0]}: `extends` leads through more than {PROFILE_DEPTH} files"
            )
        seen.append(path)
        raw = _table(_octets(path, label, files), label)
        files.append((label, raw))
        parent = raw.pop("extends", None)
        if parent is None:
            return files
        if not isinstance(parent, str):
            raise UsageError(f"{label}: `extends` must be a string: a name or the path of a file")
        label, path = _find(parent, path.parent)


def _find(name_or_path: str, folder: Path) -> tuple[str, Path]:
    """What to call it, and where it lies."""
    if name_or_path in names():
        return name_or_path, _FOLDER / f"{name_or_path}.toml"
    return name_or_path, (folder / name_or_path).absolute()


def _octets(path: Path, label: str, asked_by: list[tuple[str, _Raw]]) -> bytes:
    by = f"{asked_by[-1][0]}: `extends` names {label}" if asked_by else label
    try:
        if asked_by and path.exists() and not path.is_file() and not path.is_dir():
            # One who passes a profile on must not make others wait for a pipe, or a terminal.
            raise UsageError(f"{by}: the profile cannot be read: no regular file")
        with path.open("rb") as file:
            octets = file.read(PROFILE_OCTETS + 1)
    except FileNotFoundError:
        known = names()
        close = suggest(label, known).partition("; ")[2] if label else ""
        hint = f"; {close}" if close.startswith("did") else ""
        raise UsageError(
            f"{by}: no profile of that name and no such file; built in: {', '.join(known)}{hint}"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not the path of a file"
        raise UsageError(f"{by}: the profile cannot be read: {reason}") from error
    if len(octets) > PROFILE_OCTETS:
        raise UsageError(f"{label}: longer than {PROFILE_OCTETS} octets; that is no profile")
    return octets


_DOTS = 1_000
"""In one line; tomllib takes time with the square of the parts of a dotted key."""


def _table(octets: bytes, label: str) -> _Raw:
    if max(line.count(b".") for line in octets.split(b"\n")) > _DOTS:
        raise UsageError(f"{label}: no TOML: nested too deeply")
    try:
        return tomllib.loads(octets.decode())
    except UnicodeDecodeError as error:
        raise UsageError(f"{label}: not UTF-8 at octet {error.start}") from error
    except ValueError as error:  # tomllib's own, and an integer of thousands of digits
        raise UsageError(f"{label}: no TOML: {' '.join(str(error).split())}") from error
    except RecursionError:
        raise UsageError(f"{label}: no TOML: nested too deeply") from None
