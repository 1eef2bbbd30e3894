"""Lines are no longer than a terminal is wide, and break between words alone."""

from analyzer.report.lines import WIDTH, wrapped


def test_what_fits_is_one_line() -> None:
    assert wrapped("a b", "  ") == "  a b"


def test_the_others_hang_as_the_first_does_or_deeper() -> None:
    text = "not-authorized " * 12
    for hanging, margin in ((None, "  "), ("    ", "    ")):
        first, *others = wrapped(text, "  ", hanging).splitlines()
        assert first.startswith("  not")
        assert others
        assert all(line.startswith(f"{margin}not") for line in others)
        assert max(len(line) for line in (first, *others)) <= WIDTH
        assert not any(line.endswith("-") for line in (first, *others))
