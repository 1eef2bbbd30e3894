"""From which pages a request may come: ours only, as the browser itself says."""

from urllib.parse import urlsplit

from starlette.types import Scope

from ..problems import Problem, ProblemCode
from ..settings import Settings
from .fields import single
from .hosts import PORTS, Authority, authority, host_of

READING = ("GET", "HEAD")
"""Methods that change nothing (RFC 9110 section 9.2.1)."""


def check_site(scope: Scope, settings: Settings) -> None:
    """
    Refuse what a browser says that a page of another site makes it ask.

    Programs with the token are not asked: no page of another site can send their header. A link
    of another site may lead here, but nothing of here may be loaded into its page.

    Raises:
        Problem: CROSS_SITE.
    """
    if scope["state"].get("identity") == "token":
        return
    site = single(scope, b"sec-fetch-site")
    is_followed = scope["method"] in READING and is_link(scope)
    if site not in (None, "same-origin", "none") and not is_followed:
        raise Problem(ProblemCode.CROSS_SITE, "another site asks for this")
    given = single(scope, b"origin")
    if given is not None and origin_of(given) not in ours(scope, settings):
        raise Problem(ProblemCode.CROSS_SITE, "Origin does not name this server")


def check_origin(scope: Scope, settings: Settings) -> None:
    """
    Refuse what changes something and does not say that it comes from a page of ours.

    It comes after `check_site`, which refuses an Origin that is not ours.

    Raises:
        Problem: CROSS_SITE.
    """
    if scope["state"].get("identity") == "token" or scope["method"] in READING:
        return
    if single(scope, b"origin") is not None:
        return
    referrer = single(scope, b"referer")
    if referrer is None or origin_of(referrer) not in ours(scope, settings):
        raise Problem(ProblemCode.CROSS_SITE, "Referer does not name this server")


def is_link(scope: Scope) -> bool:
    """Somebody follows a link to a whole page."""
    return (
        single(scope, b"sec-fetch-mode") == "navigate"
        and single(scope, b"sec-fetch-dest") == "document"
    )


def ours(scope: Scope, settings: Settings) -> set[tuple[str, Authority]]:
    """Origins of our own pages: where this request went, and the public URL."""
    scheme, host = scope.get("scheme", "http"), host_of(scope)
    public = origin_of(settings.public_url)
    if public is None:
        return {normal(scheme, host)}
    if host.host == public[1].host:
        # It came through the proxy, which may not say that people reach it by TLS.
        return {public}
    return {normal(scheme, host), public}


def origin_of(text: str) -> tuple[str, Authority] | None:
    """Read scheme and authority of an Origin, Referer or URL; None if there is none."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    read = authority(parts.netloc)
    return normal(parts.scheme, read) if read and parts.scheme in PORTS else None


def normal(scheme: str, at: Authority) -> tuple[str, Authority]:
    """Leave out the port that the scheme implies."""
    return scheme, Authority(at.host, None) if at.port == PORTS.get(scheme) else at
