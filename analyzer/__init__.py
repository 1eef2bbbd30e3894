"""Stanzascope: what a HAR or a packet capture tells of an XMPP session. The public face."""

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .model.report import Report
    from .pipeline import analyze

__all__ = ["Report", "__version__", "analyze"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: `stanzascope --help` needs neither.
    match name:
        case "analyze":
            from .pipeline import analyze  # noqa: PLC0415 - see above

            return analyze
        case "Report":
            from .model.report import Report  # noqa: PLC0415 - see above

            return Report
        case _:
            raise AttributeError(name)
