"""Where a server keeps what it keeps."""

from pathlib import Path

from analyzer.web.settings import Settings


def test_everything_is_below_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "with blank")
    assert settings.database_url == f"sqlite:///{tmp_path}/with blank/stanzascope.sqlite"
    assert settings.store_url == f"file://{tmp_path}/with%20blank/blobs"


def test_database_and_store_may_be_elsewhere(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database="postgresql+psycopg:///x", store="s3://bucket")
    assert settings.database_url == "postgresql+psycopg:///x"
    assert settings.store_url == "s3://bucket"
