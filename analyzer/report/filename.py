"""Names for the files of a report, made of the name of what was recorded."""

from ..model.report import Report

_SUFFIXES = (
    *(".gz", ".zip", ".zst", ".tar", ".tgz", ".zhar"),
    *(".har", ".pcapng", ".pcap", ".cap", ".snoop", ".erf", ".ladder"),
)


def stem(report: Report, length: int = 80) -> str:
    """
    NAME-DIGEST, after the first input.

    The digest is the beginning of the input's SHA-256: captures are often all called
    `session.har`, and one report must not overwrite another's.
    """
    return f"{input_name(report, length)}-{report.recordings[0].sha256[:8]}"


def input_name(report: Report, length: int) -> str:
    """The name of the first input, fit for a file's, `length` characters at most."""
    name = bare_name(report.recordings[0].name)
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in name).lstrip(".-") or "capture"
    # A file system counts octets, 255 of them mostly.
    return safe[:length].encode()[: 2 * length].decode(errors="ignore")


def bare_name(name: str) -> str:
    """The name of an input without what tells how it is written and packed."""
    while (shorter := _without_suffix(name)) != name:
        name = shorter
    return name


def _without_suffix(name: str) -> str:
    return next((name[: -len(s)] for s in _SUFFIXES if name.lower().endswith(s)), name)
