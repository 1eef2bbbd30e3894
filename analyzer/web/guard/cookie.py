"""The cookie by which a browser is known that once gave the token."""

import secrets
from collections.abc import Iterator

from itsdangerous import BadSignature
from starlette.types import Scope

from ..problems import Problem, ProblemCode
from ..settings import Settings
from .doorkeeper import DAYS_30, Doorkeeper, doorkeeper_of
from .fields import every
from .rates import client_of
from .token import matches

MOST_TRIED = 8
"""Cookies of our name in one request; a browser sends one."""


def is_https(scope: Scope, settings: Settings) -> bool:
    """People reach this server by TLS, as the public URL or a trusted proxy says."""
    return settings.public_url.startswith("https:") or scope.get("scheme") == "https"


def name_of(scope: Scope, settings: Settings) -> str:
    """
    Name the cookie, with the port: browsers share cookies over all ports of a host.

    Over TLS nobody but this very host can have set it (RFC 6265bis section 4.1.3.2).
    """
    port = (scope.get("server") or ("", None))[1] or settings.port
    return f"{'__Host-' if is_https(scope, settings) else ''}stanzascope-{port}"


def sign_in_headers(scope: Scope, given: str) -> dict[str, str]:
    """
    Give the headers of the answer that signs a browser in, if it knows the token.

    Raises:
        Problem: WRONG_TOKEN, or TOO_OFTEN after too many of these.
    """
    doorkeeper = doorkeeper_of(scope)
    check_token(scope, doorkeeper, given)
    end_sessions(scope, doorkeeper)
    signed = doorkeeper.signer("cookie").sign(secrets.token_urlsafe(16)).decode()
    return {"set-cookie": cookie(scope, doorkeeper.settings, signed, DAYS_30)}


def sign_out_headers(scope: Scope) -> dict[str, str]:
    """End its sessions, and give the headers of the answer that makes a browser forget."""
    doorkeeper = doorkeeper_of(scope)
    end_sessions(scope, doorkeeper)
    return {"set-cookie": cookie(scope, doorkeeper.settings, "", 0)}


def cookie(scope: Scope, settings: Settings, value: str, age_s: int) -> str:
    """Write a Set-Cookie field (RFC 6265bis section 4.1)."""
    secure = "; Secure" if is_https(scope, settings) else ""
    return (
        f"{name_of(scope, settings)}={value}; Path=/; Max-Age={age_s}; "
        f"HttpOnly; SameSite=Strict{secure}"
    )


def end_sessions(scope: Scope, doorkeeper: Doorkeeper) -> None:
    """End all sessions whose cookies came: of those that a new one takes the place of, too."""
    for session in list(sessions_of(scope, doorkeeper)):
        doorkeeper.end(session)


def sessions_of(scope: Scope, doorkeeper: Doorkeeper) -> Iterator[str]:
    """Give the names of the sessions that cookies of ours hold, of valid ones only."""
    wanted = name_of(scope, doorkeeper.settings)
    signer = doorkeeper.signer("cookie")
    pairs = (pair.partition("=") for field in every(scope, b"cookie") for pair in field.split(";"))
    ours = [value.strip(" \t") for name, _, value in pairs if name.strip(" \t") == wanted]
    for value in ours[:MOST_TRIED]:
        try:
            session = signer.unsign(value, max_age=DAYS_30).decode()
        except (BadSignature, UnicodeError):
            continue
        if not doorkeeper.has_ended(session):
            yield session


def check_token(scope: Scope, doorkeeper: Doorkeeper, given: str) -> None:
    """
    Refuse a wrong token; the right one is taken from anybody, however often others were wrong.

    Else who shares an address with people, or makes their browser ask, could shut them out; and a
    token is too long to be guessed.

    Raises:
        Problem: WRONG_TOKEN, or TOO_OFTEN after too many of these.
    """
    if not matches(given, doorkeeper.settings):
        doorkeeper.wrong_tokens.take(client_of(scope))
        raise Problem(ProblemCode.WRONG_TOKEN, "this is not the token of this server")
