"""All pages as one router."""

from fastapi.routing import APIRoute

from analyzer.web.pages.routes import router


def test_no_page_stands_in_the_description_of_the_api() -> None:
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    assert routes
    assert not any(route.include_in_schema for route in routes)
