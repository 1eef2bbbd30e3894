"""The one table of report formats."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final, TypeVar

from .redact import RedactedComparison, RedactedReport

T = TypeVar("T")


class _Renderers(Mapping[str, Callable[[T, str], str]]):
    """Imports a renderer when it is looked up: JSON needs no template engine."""

    def __init__(self, modules: dict[str, str]) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> Callable[[T, str], str]:
        module: Any = import_module(f".{self._modules[name]}", __package__)
        render: Callable[[T, str], str] = module.render
        return render

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


RENDERERS: Final = _Renderers[RedactedReport]({"html": "html", "json": "json", "text": "text"})
"""Name as given on the command line → renderer of a report in a language."""

COMPARISON_RENDERERS: Final = _Renderers[RedactedComparison](
    {"html": "comparison_html", "json": "comparison_json", "text": "comparison_text"}
)
"""The same for comparisons."""
