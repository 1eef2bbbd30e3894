"""The log: one JSON object a line on standard error, ASCII only, without what exceptions say."""

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

LENGTH = 500
"""Characters of an event, beyond which it is cut."""

FRAMES = 12
"""Calls of a fault that are named, the innermost last."""

FIELDS = "fields"
"""Attribute of a record with what its line says beside the event."""


class JsonLines(logging.Formatter):
    """
    Records as JSON.

    Of an exception only its type and where it came from are told: what it says may hold what was
    captured, or a password.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = type(record.exc_info[1]).__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True, separators=(",", ":"), default=str)


def _event(record: logging.LogRecord) -> str:
    told = record.getMessage().strip()
    if record.name == "asyncio":
        # What it says next is how tasks and calls are written out, with what is in them.
        told = told.partition("\n")[0].partition("(")[0]
    # Libraries log tracebacks as text, with all that exceptions say.
    return "a fault" if "Traceback (most" in told else told[:LENGTH]


def _places(trace: TracebackType | None) -> list[str]:
    """Module, line and function of the calls that led to a fault."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        module = trace.tb_frame.f_globals.get("__name__", "?")
        places.append(f"{module}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return places[-FRAMES:]


def configure() -> None:
    """Have all that this process logs written so, from warnings on; what is ours from info on."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [lines]
    root.setLevel(logging.WARNING)
    for name in (__name__.partition(".")[0], "stanzascope"):
        logging.getLogger(name).setLevel(logging.INFO)
    # Every request would be told twice.
    logging.getLogger("uvicorn.access").disabled = True
