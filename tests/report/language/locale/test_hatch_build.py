"""What every build does with the catalogues."""

import shutil
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

from analyzer.report.language.locale.hatch_build import CatalogueHook

LOCALE = Path("analyzer/report/language/locale")


def test_a_build_makes_what_gettext_reads(tmp_path: Path) -> None:
    folder = LOCALE / "fr" / "LC_MESSAGES"
    (tmp_path / folder).mkdir(parents=True)
    source = Path(__file__).parents[4] / folder / "stanzascope.po"
    shutil.copy(source, tmp_path / folder)
    config: Any = None
    hook = CatalogueHook(str(tmp_path), {}, config, config, str(tmp_path), "wheel")
    hook.initialize("standard", {})
    with (tmp_path / folder / "stanzascope.mo").open("rb") as file:
        assert GNUTranslations(file).info()["language"] == "fr"
