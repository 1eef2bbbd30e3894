from pathlib import Path

from analyzer.web.workers.servername import server_name


def test_a_server_keeps_its_name(tmp_path: Path) -> None:
    name = server_name(tmp_path)
    assert len(name) == 16
    assert server_name(tmp_path) == name


def test_two_servers_have_two_names(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert server_name(tmp_path) != server_name(tmp_path / "other")


def test_a_name_that_was_not_written_whole_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "server").write_text("")
    name = server_name(tmp_path)
    assert name
    assert (tmp_path / "server").read_text() == f"{name}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["server"]
