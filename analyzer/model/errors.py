"""The three exceptions that may leave a room; what was captured never raises."""

from collections.abc import Sequence


class AnalyzerError(Exception):
    """Base of the errors a door turns into one line and an exit code."""


class CaptureError(AnalyzerError):
    """A file that no format recognises, or that cannot be read at all."""

    def __init__(
        self, name: str, reason: str, *, offset: int | None = None, tried: Sequence[str] = ()
    ) -> None:
        """
        Say what is wrong with which file.

        Args:
            name: The file as the user named it.
            reason: What is wrong and what to do, without the name.
            offset: 0-based octet in the file where reading stopped, where one is known.
            tried: Names of the formats that refused the file.
        """
        self.name = name
        self.reason = reason
        self.offset = offset
        self.tried = tuple(tried)
        where = "" if offset is None else f" (at octet {offset})"
        formats = f"; tried {', '.join(self.tried)}" if self.tried else ""
        super().__init__(f"{name}: {reason}{where}{formats}")


class UsageError(AnalyzerError):
    """Arguments that cannot be followed."""
