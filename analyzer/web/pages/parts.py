"""Style sheets, scripts and pictures of the pages."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from ..problems import Problem, ProblemCode

router = APIRouter()

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What a file's name ends with → its type; nothing else is handed out."""


@router.get("/static/{name}")
def part(request: Request, name: str) -> Response:
    """One of our own files; no name reaches the disk that was not found there before."""
    found = parts().get(name)
    if found is None:
        raise Problem(ProblemCode.NOT_FOUND)
    octets, tag = found
    # A new version of the program must not meet the script of an old one.
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(octets, media_type=TYPES[name[name.rindex(".") :]], headers=headers)


@cache
def parts() -> dict[str, tuple[bytes, str]]:
    """Name → octets and entity tag."""
    found = {}
    for file in (files(__package__) / "static").iterdir():
        if file.name.endswith(tuple(TYPES)):
            octets = file.read_bytes()
            found[file.name] = (octets, f'"{sha256(octets).hexdigest()[:32]}"')
    return found
