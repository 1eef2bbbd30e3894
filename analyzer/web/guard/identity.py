"""Who asks: a program with the token, a browser that once gave it, or nobody we know."""

from html import escape
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from ..problems import Problem, ProblemCode
from .cookie import check_token, sessions_of, sign_in_headers
from .doorkeeper import Doorkeeper
from .fields import single
from .local import SAFE, local
from .origins import READING, is_link
from .token import matches

OPEN = ("/sign-in", "/language", "/health/live", "/health/ready")
"""What anybody may ask, besides what pages are drawn with; the sign-in page offers languages."""

PROGRAMS = ("/api/", "/health/", "/metrics", "/static/")
"""Beginnings of paths that are no pages."""


def identify(scope: Scope, doorkeeper: Doorkeeper) -> None:
    """
    Put who asks into the scope; refuses and counts nobody yet.

    `scope["state"]["identity"]` is "token", "cookie" or "open" (of a server that asks nobody);
    None is who may see the sign-in page. `scope["state"]["session"]` names a browser's session.
    """
    scope["state"]["identity"] = identity_of(scope, doorkeeper)


def let_in(scope: Scope, doorkeeper: Doorkeeper) -> Response | None:
    """
    Refuse who may not ask this; give an answer if the request ends with that.

    Raises:
        Problem: SIGN_IN, WRONG_TOKEN or TOO_OFTEN.
    """
    state = scope["state"]
    given = bearer_of(scope)
    if state["identity"] is None and given is not None:
        check_token(scope, doorkeeper, given)
    is_page = scope["method"] in READING and not scope["path"].startswith(PROGRAMS)
    if is_page and b"token=" in scope["query_string"]:
        answer = take_token(scope)
        if answer is not None:
            return answer
    if state["identity"] is not None or scope["path"] in OPEN:
        return None
    if scope["path"].startswith("/static/"):
        return None
    if not is_page:
        raise Problem(ProblemCode.SIGN_IN, "the token of this server is needed")
    if is_link(scope) and single(scope, b"sec-fetch-site") in ("cross-site", "same-site"):
        return once_more(target_of(scope))
    return RedirectResponse(f"/sign-in?{urlencode({'next': target_of(scope)})}", 303)


def identity_of(scope: Scope, doorkeeper: Doorkeeper) -> str | None:
    """Recognise who asks; a server without a token lets anybody in."""
    has_token = bool(doorkeeper.settings.token)
    given = bearer_of(scope)
    if given is not None:
        # Even where nobody is asked: no page of another site can send this field unasked.
        return "token" if not has_token or matches(given, doorkeeper.settings) else None
    if not has_token:
        return "open"
    session = next(sessions_of(scope, doorkeeper), None)
    if session is None:
        return None
    scope["state"]["session"] = session
    return "cookie"


def bearer_of(scope: Scope) -> str | None:
    """Give the token of a program (RFC 6750 section 2.1), right or wrong; None without any."""
    scheme, _, given = (single(scope, b"authorization") or "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else None


def take_token(scope: Scope) -> Response | None:
    """Sign in who followed a link with the token, and lead on to the same place without it."""
    try:
        pairs = parse_qsl(
            scope["query_string"].decode("ascii"), keep_blank_values=True, max_num_fields=100
        )
    except ValueError:
        raise Problem(ProblemCode.BAD_VALUE, "the query cannot be read") from None
    given = [value for name, value in pairs if name == "token"]
    if not given:
        return None
    rest = [(name, value) for name, value in pairs if name != "token"]
    if scope["path"] == "/sign-in":
        place = local(dict(rest).get("next", "/"))
    else:
        place = local(path_of(scope) + (f"?{urlencode(rest)}" if rest else ""))
    headers = {} if scope["state"]["identity"] else sign_in_headers(scope, given[-1])
    return RedirectResponse(place, 303, headers)


def once_more(target: str) -> Response:
    """
    Make the browser ask again by itself.

    Who follows a link in a ticket sends no SameSite=Strict cookie; a page of ours that leads to
    the same place makes the browser send it.
    """
    place = escape(target, quote=True)
    return HTMLResponse(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Stanzascope</title>'
        f'<meta http-equiv="refresh" content="0;url={place}"></head></html>\n'
    )


def target_of(scope: Scope) -> str:
    """Give path and query of a request, as a place on this server."""
    query = scope["query_string"].decode("latin-1")
    return local(path_of(scope) + (f"?{query}" if query else ""))


def path_of(scope: Scope) -> str:
    """Give the path, escaped."""
    return quote(scope["path"], safe=SAFE.replace("%", ""))
