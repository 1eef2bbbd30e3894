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


def test_no_log_line_shows_what_lets_people_in(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        token="hunter2",
        database="postgresql://me:hunter2@db/name",
        store="s3://key:hunter2@bucket",
    )
    assert f"{settings!r} {settings}" == f"Settings(data={tmp_path!r}) Settings(data={tmp_path!r})"
