"""What can be wrong with a profile, in words for the one who wrote it."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Meta
from msgspec.structs import fields

from ...model.profile import Profile
from ...model.session import Carrier, StepName

_STEPS = tuple(step.value for step in StepName)
_CARRIERS = tuple(carrier.value for carrier in Carrier if carrier is not Carrier.UNKNOWN)
_WORDS = {
    "steps": ("step", _STEPS),
    "late_ms": ("step", _STEPS),
    "carriers": ("carrier", _CARRIERS),
}
"""Key → what its words are called, and those there are."""

_KINDS = {str: "a string", int: "a whole number", tuple: "an array", dict: "a table"}
_SEEN = {bool: "true or false", float: "a number with a fraction", list: "an array"}

HINTS = get_type_hints(Profile, include_extras=True)
"""Key → its type, with what `Meta` says of it."""

_REQUIRED = tuple(info.name for info in fields(Profile) if info.required)


def flaw(raw: Mapping[str, object]) -> str | None:
    """The first thing wrong with the keys of a profile (and of those it extends); None: nothing."""
    return next(_flaws(raw), None)


def allowed(key: str) -> str:
    """What values, or words, a key takes, as far as that is limited; else empty."""
    if key in _WORDS:
        return f"Known: {', '.join(_WORDS[key][1])}."
    bounds = (meta for meta in _metas(HINTS[key]) if meta.ge is not None)
    return next((f"Allowed: {meta.ge} to {meta.le}." for meta in bounds), "")


def _metas(hint: Any) -> Iterator[Meta]:
    """What is said of a type, and of what it consists of."""
    yield from (meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Meta))
    for part in get_args(hint):
        yield from _metas(part)


def suggest(word: str, known: tuple[str, ...]) -> str:
    """A word that is not known, with the one that may be meant."""
    close = get_close_matches(word, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}"
    return f"`{_short(word)}`; {hint}"


def _flaws(raw: Mapping[str, object]) -> Iterator[str]:
    for key, value in raw.items():
        if key not in HINTS:
            yield f"unknown key {suggest(key, (*HINTS, 'extends'))}"
        else:
            yield from _of_type(key, value, HINTS[key])
    for key in _REQUIRED:
        if key not in raw:
            yield f"`{key}` is missing; set it, or name in `extends` a profile that does"
    yield from _of_words(raw)
    yield from _of_names(raw)


def _of_type(where: str, value: Any, hint: Any) -> Iterator[str]:
    """Whether a value is of the type, and within the bounds, that the key asks for."""
    bounds = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Meta)]
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    plain = get_origin(kind) or kind
    if type(value) is not {tuple: list}.get(plain, plain):
        said = _SEEN.get(type(value)) or _KINDS.get(type(value), "a date or time")
        yield f"`{where}` is {said}; it must be {_KINDS[plain]}"
    elif plain is tuple:
        for index, one in enumerate(value):
            yield from _of_type(f"{where}[{index}]", one, get_args(kind)[0])
    elif plain is dict:
        for name, one in value.items():
            yield from _of_type(f"{where}.{_short(name)}", one, get_args(kind)[1])
    else:
        yield from (text for meta in bounds for text in _out_of_bounds(where, value, meta))


def _out_of_bounds(where: str, value: Any, meta: Meta) -> Iterator[str]:
    low, high = meta.ge, meta.le
    if low is not None and high is not None and not low <= value <= high:
        said = str(value) if abs(value) < 10**_SHOWN else "huge"
        yield f"`{where}` is {said}; allowed is {low} to {high}"


def _of_words(raw: Mapping[str, Any]) -> Iterator[str]:
    for key, (what, known) in _WORDS.items():
        for word in raw.get(key, ()):
            if word not in known:
                yield f"`{key}` names an unknown {what} {suggest(word, known)}"
    steps = list(raw["steps"])
    if steps != sorted(set(steps), key=_STEPS.index):
        yield f"`steps` must be in the order of a login, each once: {', '.join(_STEPS)}"


def _of_names(raw: Mapping[str, Any]) -> Iterator[str]:
    """What strings must look like."""
    for key in ("name", "title"):
        if not raw[key].isprintable() or not 0 < len(raw[key]) <= _NAME_LENGTH:
            yield f"`{key}` must be 1 to {_NAME_LENGTH} printable characters"
    if raw.get("release") and not is_release(raw["release"]):
        yield _no_release("release", raw["release"])
    for port, release in raw.get("retired_ports", {}).items():
        if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536):
            yield f"`retired_ports` names the port `{_short(port)}`; allowed is 1 to 65535"
        elif not is_release(release):
            yield _no_release(f"retired_ports.{port}", release)
    for key in ("expected_nodes", "auto_nodes"):
        yield from _of_nodes(key, raw.get(key, ()))
    for deployment, nodes in raw.get("absent_nodes", {}).items():
        yield from _of_nodes(f"absent_nodes.{_short(deployment)}", nodes)


def _of_nodes(where: str, nodes: list[str]) -> Iterator[str]:
    for node in nodes:
        if not node or any("*" in part and part != "*" for part in node.split("/")):
            yield (
                f"`{where}` holds `{_short(node)}`; a node is not empty, and * stands for a whole "
                "part between slashes: /finesse/api/User/*"
            )


def is_release(text: str) -> bool:
    """Whether it is a release as `12.5`: numbers of up to four digits with dots between them."""
    parts = text.split(".")
    return all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts)


def _no_release(where: str, text: str) -> str:
    return f"`{where}` is `{_short(text)}`; a release is numbers with dots between: 12.5"


def _short(text: str) -> str:
    """As much of a word as fits a line, without what a terminal would obey."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:_SHOWN])
    return shown if len(text) <= _SHOWN else f"{shown}…"


_NAME_LENGTH = 100
_SHOWN = 60
