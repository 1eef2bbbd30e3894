"""Builds the catalogues that gettext reads (.mo) from those that people read (.po)."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Run by every build, that of an editable installation too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write each .mo beside its .po."""
        for path in Path(self.root, "analyzer", "report", "language", "locale").glob(
            "*/LC_MESSAGES/*.po"
        ):
            with path.open("rb") as source, path.with_suffix(".mo").open("wb") as built:
                write_mo(built, read_po(source))
