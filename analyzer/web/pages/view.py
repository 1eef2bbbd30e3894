"""The templates of the pages, and what every page knows."""

from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from markupsafe import escape

from ...report.language import templates
from ...report.language.texts import Piece, aside
from ...report.language.words import LANGUAGES
from ...version import __version__
from ..guard import csrf
from . import measures
from .tongue import words_of


def page(
    request: Request,
    template: str,
    *,
    code: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """
    A page in the reader's language.

    Args:
        request: Who asks.
        template: Name of its file.
        code: Status of the answer.
        headers: Of the answer, beside those that every answer has.
        context: What the template shows.
    """
    catalogue = words_of(request)
    html = (
        environment()
        .get_template(template)
        .render(
            w=catalogue,
            language=catalogue.language,
            languages=LANGUAGES,
            version=__version__,
            csrf=_csrf(request),
            here=_here(request),
            signed_in=getattr(request.state, "identity", "") == "cookie",
            **context,
        )
    )
    return HTMLResponse(html, code, headers)


@cache
def environment() -> Environment:
    """The templates; every string they write is made visible and escaped, as in a report."""
    made = templates.environment(__package__ or "")
    made.globals |= {
        "aside": aside,
        "size": measures.size,
        "moment": measures.moment,
        "iso": measures.iso,
    }
    made.filters["piece"] = Piece
    # What people typed comes back into its field as it was: a form must not change it.
    made.filters["typed"] = escape
    return made


def _csrf(request: Request) -> str:
    """A token for the forms; none for who was refused before anybody asked who they are."""
    return csrf.token_for(request.scope) if hasattr(request.state, "identity") else ""


def _here(request: Request) -> str:
    """Path and query of a page that one can come back to."""
    if request.method != "GET":
        return "/"
    # A token stands on no page, not even a wrong one, which may lack no more than a letter.
    query = "" if "token" in request.query_params else request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
