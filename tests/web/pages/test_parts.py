"""Style sheets, scripts and pictures."""

import re
from pathlib import Path

import pytest

import analyzer.web.pages
from analyzer.web.pages.parts import parts
from tests.web.pages.conftest import Site, refusal

HERE = Path(analyzer.web.pages.__file__).parent


@pytest.mark.parametrize("name", sorted(path.name for path in (HERE / "static").iterdir()))
def test_each_is_handed_out_once(site: Site, name: str) -> None:
    answer = site.get(f"/static/{name}")
    assert answer.content == (HERE / "static" / name).read_bytes()
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    assert answer.headers["content-type"].startswith(kinds[name.rpartition(".")[2]])
    assert answer.headers["cache-control"] == "no-cache"
    again = site.get(f"/static/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["nothing.js", "..%2Fview.py", "%2e%2e%2fview.py", "pages.js%00", ".", "pages.JS"]
)
def test_nothing_else_is(site: Site, name: str) -> None:
    assert site.get(f"/static/{name}").status_code in (400, 404)
    assert "def page" not in site.get(f"/static/{name}").text


def test_only_known_types_are_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.web.pages.parts.TYPES", {".css": "text/css"})
    parts.cache_clear()
    assert {name.rpartition(".")[2] for name in parts()} == {"css"}
    parts.cache_clear()


def test_what_pages_load_is_there(site: Site) -> None:
    loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', site.page("/"))
    assert len(loaded) == 4
    assert {site.get(path).status_code for path in loaded} == {200}


def test_scripts_load_what_is_there() -> None:
    for path in (HERE / "static").glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', path.read_text(encoding="utf-8")):
            assert (HERE / "static" / name).exists(), (path.name, name)


def test_nothing_is_inline() -> None:
    """The policy of the pages would stop it."""
    for path in (HERE / "templates").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path.name
        assert not re.search(r"<script(?! type=\"module\" src=)", text), path.name


def test_a_missing_part_is_told(site: Site) -> None:
    refusal(site.get("/static/nothing.js"), "not-found")
