"""All pages as one router."""

from tests.web.pages.conftest import Site


def test_no_page_stands_in_the_description_of_the_api(site: Site) -> None:
    paths = site.get("/api/v1/openapi.json").json()["paths"]
    assert paths
    assert [path for path in paths if not path.startswith("/api/v1/")] == []
