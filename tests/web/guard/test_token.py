"""The secrets of a data folder."""

import hmac
import os
import stat
from pathlib import Path

import pytest

from analyzer.model.errors import UsageError
from analyzer.web.guard.token import Secrets, kept, load_secrets, make, matches
from tests.web.guard.asking import settings


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "incoming").mkdir()
    with pytest.raises(UsageError, match="holds other things"):
        load_secrets(tmp_path, "")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["incoming"]


def test_they_are_made_once_and_kept(tmp_path: Path) -> None:
    data = tmp_path / "of" / "server"
    first = load_secrets(data, "")
    assert load_secrets(data, "") == first
    assert len(first.token) == len(first.key) == 43
    assert first.token.encode() != first.key
    assert sorted(path.name for path in data.iterdir()) == ["key", "token"]
    assert load_secrets(tmp_path / "other", "") != first


def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        load_secrets(tmp_path / "new", "")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new" / "token").stat().st_mode & 0o777 == 0o600


def test_what_was_open_to_others_is_closed(tmp_path: Path) -> None:
    load_secrets(tmp_path, "")
    (tmp_path / "token").chmod(0o644)
    tmp_path.chmod(0o755)
    load_secrets(tmp_path, "")
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600


def test_a_given_token_is_taken_and_not_written_down(tmp_path: Path) -> None:
    given = "chosen-by-somebody/1+2=="
    secrets = load_secrets(tmp_path, given)
    assert secrets.token == given
    assert not (tmp_path / "token").exists()
    assert given.encode() not in (tmp_path / "key").read_bytes()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("short-15-chars!", "a token needs 16 characters at least"),
        ("with spaces in it, many", "a token is made of letters, digits and -._~+/ only"),
        ("with-ümlaut-and-more", "a token is made of letters, digits and -._~+/ only"),
        ("line-end-line-end-1\n", "a token is made of letters, digits and -._~+/ only"),
        ("=first-equals-sign-1", "a token is made of letters, digits and -._~+/ only"),
    ],
)
def test_a_token_that_does_not_fit_is_refused_without_being_told(
    tmp_path: Path, given: str, said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        load_secrets(tmp_path / "data", given)
    assert str(refused.value) == said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["", "short", "two words of a file", "a" * 42 + "\0"])
def test_a_damaged_file_is_refused_and_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(UsageError) as refused:
        load_secrets(tmp_path, "")
    assert str(refused.value) == (
        f"{tmp_path / 'key'} holds no secret; delete it, and a new one is made"
    )
    assert (tmp_path / "key").read_text() == text


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_link_is_not_followed(tmp_path: Path, target: str) -> None:
    (tmp_path / "elsewhere").write_text("of-somebody-else-43-octets")
    (tmp_path / "elsewhere").chmod(0o644)
    (tmp_path / "token").symlink_to(tmp_path / target)
    with pytest.raises(UsageError, match="token: Too many levels of symbolic links"):
        load_secrets(tmp_path, "")
    assert not (tmp_path / "nowhere").exists()
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file: File exists"):
        load_secrets(tmp_path / "file", "")


def test_who_comes_second_takes_the_secret_of_the_first(tmp_path: Path) -> None:
    first = kept(tmp_path / "key")
    make(tmp_path / "key")
    assert kept(tmp_path / "key") == first
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_nothing_is_left_of_a_secret_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device"):
        load_secrets(tmp_path, "")
    assert list(tmp_path.iterdir()) == []


def test_nothing_shows_them() -> None:
    assert repr(Secrets(token="never-shown", key=b"never-shown")) == "Secrets()"
    assert str(Secrets(token="never-shown", key=b"never-shown")) == "Secrets()"


def test_only_the_token_matches() -> None:
    ours = settings(token="the-right-token-of-all")
    assert matches("the-right-token-of-all", ours)
    for wrong in ("", "the-right-token-of-al", "the-right-token-of-all ", "x", "\ud800", "é"):
        assert not matches(wrong, ours)


def test_no_token_matches_where_there_is_none() -> None:
    assert not matches("", settings(token=""))
    assert not matches("x", settings(token=""))


def test_comparing_takes_the_same_time_wherever_they_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[tuple[int, int]] = []

    def compare(ours: bytes, theirs: bytes) -> bool:
        compared.append((len(ours), len(theirs)))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for given in ("", "the", "the-right-token", "x" * 100_000):
        assert not matches(given, settings(token="the-right-token"))
    assert compared == [(32, 32)] * 4
