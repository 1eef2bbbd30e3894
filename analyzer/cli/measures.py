"""Sizes and times as people write them in options: 300M, 2G, 90s, 30d."""

import re
from collections.abc import Mapping

import click

SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
"""Unit → octets; it may be followed by B or iB."""

MOST_TERA = 1 << 20
"""1 EiB, more than any disk has; limits of processes are 64-bit numbers."""

TIMES = {"": 1, "S": 1, "M": 60, "H": 3_600, "D": 86_400}
"""Unit → seconds."""

NEVER = "never"

_SIZE = re.compile(r"([0-9]{1,15}) ?([KMGT]?)(?:I?B)?", re.ASCII | re.IGNORECASE)
_TIME = re.compile(r"([0-9]{1,9}) ?([SMHD]?)", re.ASCII | re.IGNORECASE)


class Size(click.ParamType):  # type: ignore[type-arg] # generic only since click 8.4
    """A length in octets: 300M, 2G."""

    name = "size"

    def __init__(self, least: int) -> None:
        """`least` octets are wanted."""
        self.least = least

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Octets of it."""
        if isinstance(value, int):
            return value
        octets = _amount(_SIZE, SIZES, value)
        if octets is None:
            self.fail(f"{value!r} is no size; give it as 300M or 2G.", param, ctx)
        if octets < self.least:
            self.fail(f"{value} is too small; give at least {_told(self.least)}.", param, ctx)
        if octets > MOST_TERA * SIZES["T"]:
            self.fail(f"{value} is not in the range x<={MOST_TERA}T.", param, ctx)
        return octets


class Time(click.ParamType):  # type: ignore[type-arg] # the same
    """A length of time in seconds: 90s, 10m, 12h, 30d; where it may be, `never`, which is None."""

    name = "time"

    def __init__(self, *, may_be_never: bool = False, most_days: int | None = None) -> None:
        """`never` may be said instead; it may be `most_days` long."""
        self.may_be_never = may_be_never
        self.most_days = most_days

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        """Seconds of it."""
        if isinstance(value, int):
            return value
        if self.may_be_never and value.lower() == NEVER:
            return None
        seconds = _amount(_TIME, TIMES, value)
        if not seconds:
            self.fail(f"{value!r} is no time; give it as 90s, 10m, 12h or 30d.", param, ctx)
        if self.most_days is not None and seconds > self.most_days * TIMES["D"]:
            self.fail(f"{value} is not in the range x<={self.most_days}d.", param, ctx)
        return seconds


def _amount(pattern: re.Pattern[str], units: Mapping[str, int], text: str) -> int | None:
    found = pattern.fullmatch(text.strip())
    return int(found[1]) * units[found[2].upper()] if found else None


def _told(octets: int) -> str:
    """A size with the largest unit that leaves no rest."""
    unit = max((unit for unit, size in SIZES.items() if not octets % size), key=SIZES.__getitem__)
    return f"{octets // SIZES[unit]}{unit}"
