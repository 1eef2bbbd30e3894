"""Proof that a form or script is ours: a signed value that only our own pages hold."""

import secrets

from itsdangerous import BadSignature
from starlette.types import Scope

from ..problems import Problem, ProblemCode
from .doorkeeper import DAYS_30, Signer, doorkeeper_of

HEADER = b"x-csrf-token"
FIELD = "csrf"


def signer_of(scope: Scope) -> Signer:
    """What signs for the session of this request only."""
    return doorkeeper_of(scope).signer(f"csrf {scope['state'].get('session', '')}")


def token_for(scope: Scope) -> str:
    """Give the value for the forms and scripts of this answer; good for 30 days."""
    return signer_of(scope).sign(secrets.token_urlsafe(8)).decode()


def check(scope: Scope, value: str | None) -> None:
    """
    Refuse a request whose form or script is not ours.

    Programs with the token need no proof: no page of another site can send their header.

    Raises:
        Problem: CSRF.
    """
    if scope["state"].get("identity") == "token":
        return
    try:
        signer_of(scope).unsign(value or "", max_age=DAYS_30)
    except (BadSignature, UnicodeError):
        raise Problem(ProblemCode.CSRF, "the form is too old, or not of this server") from None
