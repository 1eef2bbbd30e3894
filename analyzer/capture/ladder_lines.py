"""One line of a ladder: when, which way, and what; see ladder_text.py for the notation."""

import re
import shlex
from collections.abc import Callable

from msgspec import Struct

from ..model.flow import GapReason
from ..model.source import Direction

_LINE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ([CS])>(?: (.*))?")
_BRACKET = re.compile(r"\[([a-z]+)(?: ([^\]]*))?\](?: (.*))?", re.DOTALL)
SECOND_NS = 1_000_000_000

_DIRECTIONS = {"C": Direction.TO_SERVER, "S": Direction.TO_CLIENT}

GAP_REASONS = {reason.value.partition(" ")[0]: reason for reason in GapReason}
"""`[gap N]` is lost, unless another reason is given: `[gap N snaplen]`."""

_WORDS = frozenset(
    {
        "ping",
        "pong",
        "close",
        "binary",
        "text",
        "continuation",
        "frame",
        "octets",
        "gap",
        "fin",
        "rst",
        "error",
        "http",
        "status",
        "resent",
    }
)


class Line(Struct, frozen=True):
    """
    Something said.

    Attributes:
        time_ns: Since the beginning of the ladder.
        direction: Which way it went.
        word: In brackets; "xml" where there are none.
        words: Behind it, in the brackets.
        options: `NAME=VALUE` among them.
        text: Behind the brackets.
    """

    time_ns: int
    direction: Direction
    word: str
    words: tuple[str, ...] = ()
    options: dict[str, str] = {}
    text: str = ""


def line_of(line: str) -> Line:
    """Read `SECONDS C> CONTENT`; ValueError if it means nothing."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    return said(nanoseconds(found[1]), found[2], found[3] or "")


def said(time_ns: int, side: str, content: str) -> Line:
    """
    Read what was said.

    Args:
        time_ns: Since the beginning of the ladder.
        side: "C" or "S".
        content: XML, or brackets and a text.

    Raises:
        ValueError: It means nothing.
    """
    found = _BRACKET.fullmatch(content)
    if found is None:
        return Line(time_ns, _DIRECTIONS[side], "xml", text=content)
    word, inside, text = found.groups(default="")
    if word not in _WORDS:
        raise ValueError(word)
    words = shlex.split(inside) if word == "http" else inside.split()
    options = {} if word == "error" else options_of([w for w in words if "=" in w])
    rest = words if word == "error" else [w for w in words if "=" not in w]
    line = Line(time_ns, _DIRECTIONS[side], word, tuple(rest), options, text)
    if word in _CHECKS:
        _CHECKS[word](line)
    return line


def options_of(words: list[str]) -> dict[str, str]:
    """Words that are `NAME=VALUE`; ValueError if one is not."""
    pairs = [word.partition("=") for word in words]
    if not all(name and sign for name, sign, _ in pairs):
        raise ValueError(words)
    return {name: value for name, _, value in pairs}


def number_of(word: str, most: int) -> int:
    """A number of up to nine digits; ValueError if it is none, or above `most`."""
    if not re.fullmatch(r"\d{1,9}", word, re.ASCII) or int(word) > most:
        raise ValueError(word)
    return int(word)


def nanoseconds(word: str) -> int:
    """Seconds as nanoseconds; ValueError if they are none."""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", word, re.ASCII):
        raise ValueError(word)
    whole, _, part = word.partition(".")
    return int(whole) * SECOND_NS + int(part.ljust(9, "0"))


def _check_hex(line: Line) -> None:
    bytes.fromhex("".join(line.words))


def _check_close(line: Line) -> None:
    if line.words:
        number_of(line.words[0], 0xFFFF)


def _check_frame(line: Line) -> None:
    for name, most in (("opcode", 15), ("fin", 1), ("rsv", 7), ("form", 64), ("deflate", 1)):
        number_of(line.options.get(name, "0"), most)
    mask = line.options.get("mask", "no")
    if mask not in {"yes", "no"} and len(bytes.fromhex(mask)) != 4:
        raise ValueError(mask)
    bytes.fromhex(line.options.get("hex", ""))


def _check_gap(line: Line) -> None:
    length, *reason = line.words or ("",)
    number_of(length, 1 << 30)
    if reason and reason[0] not in GAP_REASONS:
        raise ValueError(reason)


def _check_http(line: Line) -> None:
    _, _, status = line.words
    number_of(status, 999)


def _check_status(line: Line) -> None:
    (status,) = line.words
    number_of(status, 999)


_CHECKS: dict[str, Callable[[Line], None]] = {
    "ping": _check_hex,
    "pong": _check_hex,
    "binary": _check_hex,
    "octets": _check_hex,
    "close": _check_close,
    "text": _check_frame,
    "continuation": _check_frame,
    "frame": _check_frame,
    "gap": _check_gap,
    "http": _check_http,
    "status": _check_status,
}
"""What must be right before a line is believed; a ValueError says that it is not."""
