"""The one table of report formats."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from .redaction.redact import RedactedComparison, RedactedReport

T = TypeVar("T")
R = TypeVar("R", str, str | bytes)


class _Renderers(Mapping[str, Callable[[T, str], R]]):
    """Imports a renderer when it is looked up: to know the names, no template engine is needed."""

    def __init__(self, modules: dict[str, str]) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> Callable[[T, str], R]:
        module: Any = import_module(f".{self._modules[name]}", __package__)
        render: Callable[[T, str], R] = module.render
        return render

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


RENDERERS: "Final[_Renderers[RedactedReport, str | bytes]]" = _Renderers(
    {
        "html": "page.html",
        "json": "machine.json",
        "ndjson": "machine.ndjson",
        "text": "plain.text",
        "md": "plain.markdown",
        "csv": "machine.csv",
        "svg": "page.svg",
        "mermaid": "drawing.mermaid",
        "junit": "machine.junit",
        "har": "har.export",
        "sarif": "machine.sarif",
        "zip": "machine.zip",
    }
)
"""Name as given on the command line → renderer of a report in a language."""

COMPARISON_RENDERERS: "Final[_Renderers[RedactedComparison, str]]" = _Renderers(
    {
        "html": "comparison.html",
        "json": "comparison.json",
        "text": "comparison.text",
        "md": "comparison.markdown",
    }
)
"""The same for comparisons."""
