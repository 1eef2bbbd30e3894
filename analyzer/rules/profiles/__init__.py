"""
Profiles: what is expected of a login at one kind of installation.

Each `<name>.toml` beside this file is built in; any other is given by its path.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import msgspec

from ...model.errors import UsageError
from ...model.profile import Profile
from ...model.session import StepName

_FOLDER = Path(__file__).parent

_STEPS = tuple(step.value for step in StepName)


def names() -> tuple[str, ...]:
    """Names of the built-in profiles."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load(name_or_path: str) -> Profile:
    """
    A profile by its built-in name, or from a TOML file.

    Raises:
        UsageError: There is none, or what is wrong with it, in one line.
    """
    if name_or_path in names():
        return decode((_FOLDER / f"{name_or_path}.toml").read_bytes(), name_or_path)
    path = Path(name_or_path)
    try:
        return decode(path.read_bytes(), name_or_path)
    except FileNotFoundError as error:
        known = ", ".join(names())
        raise UsageError(
            f"{name_or_path}: no profile of that name and no such file; built in: {known}"
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not the path of a file"
        raise UsageError(f"{name_or_path}: the profile cannot be read: {reason}") from error


def decode(octets: bytes, name: str) -> Profile:
    """
    A profile from TOML.

    Args:
        octets: UTF-8.
        name: What to call it when something is wrong.

    Raises:
        UsageError: What is wrong with it.
    """
    try:
        raw: dict[str, object] = msgspec.toml.decode(octets)
        unknown = _unknown(raw, Profile.__struct_fields__)
        if unknown is not None:
            raise UsageError(f"{name}: unknown key {unknown}")
        profile = msgspec.convert(raw, Profile)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}: {str(error).replace('`$.', '`')}") from error
    wrong = _wrong(profile)
    if wrong is not None:
        raise UsageError(f"{name}: {wrong}")
    return profile


def _unknown(raw: Mapping[str, object], known: tuple[str, ...]) -> str | None:
    """The first key that means nothing, with the one that may be meant."""
    key = next((key for key in raw if key not in known), None)
    return None if key is None else _suggest(key, known)


def _suggest(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}"
    return f"`{word}`; {hint}"


def _wrong(profile: Profile) -> str | None:
    """What is of the right type but cannot be followed."""
    for key, values in (("steps", profile.steps), ("late_ms", tuple(profile.late_ms))):
        for value in values:
            if value not in _STEPS:
                return f"`{key}` names an unknown step {_suggest(value, _STEPS)}"
    if list(profile.steps) != sorted(set(profile.steps), key=_STEPS.index):
        return f"`steps` must be in the order of a login, each once: {', '.join(_STEPS)}"
    port = next((port for port in profile.ports if not 0 < port < 65_536), None)
    if port is not None:
        return f"`ports` holds {port}; a TCP port is 1 to 65535"
    durations = profile.late_ms | {
        key: getattr(profile, key) for key in profile.__struct_fields__ if key.endswith("_ms")
    }
    durations.pop("late_ms")
    negative = next((key for key, value in durations.items() if value < 0), None)
    return None if negative is None else f"`{negative}` is less than 0 milliseconds"
