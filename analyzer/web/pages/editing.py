"""What a form of a case was sent with, so that two people do not undo each other's words."""

from collections.abc import Mapping
from hashlib import sha256

from ..records import Case

EDITED = ("number", "notes")
"""Fields that people write in."""


def seen(case: Case) -> dict[str, str]:
    """Name of each such field → what stands for its text in a form."""
    return {name: _mark(_now(case, name)) for name in EDITED}


def changes(case: Case, fields: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """
    Take apart what a form would change.

    Gives the fields that were written in, and of these the ones that meanwhile say something else
    than the form was sent with: name → what they say now. A form that does not tell what it was
    sent with changes all its fields.

    Args:
        case: As it is now.
        fields: Of the form; `seen_number` holds what `seen` gave for `number`.
    """
    typed, lost = {}, {}
    for name in EDITED:
        if name not in fields:
            continue
        was = fields.get(f"seen_{name}", "")
        text, now = fields[name].replace("\r\n", "\n").strip(), _now(case, name)
        if not was or _mark(text) != was:
            typed[name] = fields[name]
            if was not in ("", _mark(now)) and text != now:
                lost[name] = now
    return typed, lost


def _now(case: Case, name: str) -> str:
    return case.number if name == "number" else case.notes


def _mark(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
