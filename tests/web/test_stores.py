"""What a server keeps is opened together and closed together."""

import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.model.errors import UsageError
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores


def test_a_folder_is_made_for_its_user_alone(settings: Settings) -> None:
    with Stores(settings) as stores:
        assert stores.cases.count() == 0
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700


def test_a_second_server_is_refused(settings: Settings) -> None:
    with Stores(settings), pytest.raises(UsageError, match=r"(?i)server"):
        Stores(settings)
    with Stores(settings) as again:
        assert again.jobs.waiting() == 0


def test_a_database_that_cannot_be_had_leaves_nothing_open(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    wrong = replace(settings, database=f"sqlite:///{tmp_path / 'folder'}")
    with pytest.raises(UsageError):
        Stores(wrong)
    with Stores(settings):
        pass
