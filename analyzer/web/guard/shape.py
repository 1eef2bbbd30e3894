"""Requests that two readers could read in two ways, or that no honest client writes."""

from starlette.types import Scope

from ..problems import Problem, ProblemCode
from .fields import single
from .origins import READING

ONCE = (b"authorization", b"content-type", b"origin", b"referer", b"sec-fetch-site")


def check_shape(scope: Scope) -> None:
    """
    Refuse what proxies and servers are known to read differently (RFC 9112 section 11).

    That is: a length that stands there twice, is no number, or stands beside a transfer coding;
    any other field that decides something, twice; a target that is no path; control characters;
    and the body of a request that reads, which means nothing (RFC 9110 section 9.3.1).

    Raises:
        Problem: BAD_FORM or NOT_FOUND.
    """
    length = single(scope, b"content-length")
    coding = single(scope, b"transfer-encoding")
    if length is not None and (coding is not None or not (length.isascii() and length.isdigit())):
        raise Problem(ProblemCode.BAD_FORM, "the length of the body cannot be told")
    if coding is not None and coding.lower() != "chunked":
        raise Problem(ProblemCode.BAD_FORM, "the only transfer coding here is chunked")
    if scope["method"] in READING and (coding is not None or (length or "").strip("0")):
        raise Problem(ProblemCode.BAD_FORM, "who reads sends no body")
    for name in ONCE:
        single(scope, name)
    path: str = scope["path"]
    if not path.startswith("/") or any(letter < " " or letter == "\x7f" for letter in path):
        raise Problem(ProblemCode.NOT_FOUND, "there is no such path")
    # Databases keep no such character, and nothing that is asked for contains one.
    if b"%00" in scope.get("query_string", b""):
        raise Problem(ProblemCode.BAD_FORM, "the query contains a NUL character")
