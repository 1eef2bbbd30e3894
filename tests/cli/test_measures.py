from typing import Any

import click
import pytest

from analyzer.cli.measures import Size, Time

MIB = 1 << 20


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("0", 0),
        ("512", 512),
        ("300M", 300 * MIB),
        ("300 MiB", 300 * MIB),
        ("300mb", 300 * MIB),
        ("2G", 2 << 30),
        ("1T", 1 << 40),
        ("4k", 4_096),
        (" 7 ", 7),
    ],
)
def test_a_size_is_in_octets(text: str, octets: int) -> None:
    assert Size(0).convert(text, None, None) == octets


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("10m", 600), ("12 H", 43_200), ("30d", 2_592_000)],
)
def test_a_time_is_in_seconds(text: str, seconds: int) -> None:
    assert Time().convert(text, None, None) == seconds


def test_a_time_may_be_never_where_that_is_said() -> None:
    assert Time(may_be_never=True).convert("Never", None, None) is None
    with pytest.raises(click.BadParameter, match=r"'never' is no time"):
        Time().convert("never", None, None)


@pytest.mark.parametrize(
    "text", ["", "G", "-1", "1.5G", "2GG", "2E", "1e3", "0x10", "٣M", "1" * 16, "300M\n300M"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no size; give it as 300M or 2G"):
        Size(0).convert(text, None, None)


@pytest.mark.parametrize("text", ["", "d", "0", "0s", "-1d", "1w", "1.5h", "1" * 10])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no time; give it as 90s, 10m, 12h or 30d"):
        Time().convert(text, None, None)


def test_a_size_that_no_limit_can_hold_is_refused() -> None:
    assert Size(0).convert("1048576T", None, None) == 1 << 60
    with pytest.raises(click.BadParameter, match=r"^1048577T is not in the range x<=1048576T\.$"):
        Size(0).convert("1048577T", None, None)


def test_a_time_that_is_too_long_is_refused() -> None:
    kind = Time(may_be_never=True, most_days=30)
    assert kind.convert("30d", None, None) == 2_592_000
    assert kind.convert("never", None, None) is None
    for text in ("31d", "2592001", "999999999d"):
        with pytest.raises(click.BadParameter, match=rf"^{text} is not in the range x<=30d\.$"):
            kind.convert(text, None, None)


@pytest.mark.parametrize(("least", "told"), [(256 * MIB, "256M"), (1_000, "1000"), (3 << 30, "3G")])
def test_a_size_that_is_too_small_is_refused(least: int, told: str) -> None:
    with pytest.raises(click.BadParameter, match=f"^7 is too small; give at least {told}"):
        Size(least).convert("7", None, None)


@pytest.mark.parametrize("kind", [Size(8), Time()])
def test_what_is_converted_stays(kind: Any) -> None:
    assert kind.convert(7, None, None) == 7
