"""Forms with files, as the API takes them."""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request

from ...report.language.words import LANGUAGES
from ..casebook import NOTES_LENGTH, NUMBER_LENGTH
from ..depends import ServicesDep
from ..intake.receiving import received
from ..problems import Problem, ProblemCode
from ..records import Upload
from .schemas import LINES, NO_CONTROLS

OF_CASE = ("number", "notes", "profile", "language")
"""Fields beside the files of a new case."""

OF_FILES = ("profile", "language")
"""Likewise of files that are added to one."""

_FIELDS: dict[str, dict[str, Any]] = {
    "number": {
        "description": "Of the support case elsewhere; one line.",
        "maxLength": NUMBER_LENGTH,
        "pattern": NO_CONTROLS,
    },
    "notes": {"description": "Lines of text.", "maxLength": NOTES_LENGTH, "pattern": LINES},
    "profile": {
        "description": "Name of a profile, as of `GET /version`; left out: the server's own.",
        "maxLength": 100,
        "pattern": NO_CONTROLS,
    },
    "language": {
        "description": "BCP 47 tag of who asks; left out: `en`.",
        "maxLength": 20,
        "pattern": NO_CONTROLS,
        "enum": [*LANGUAGES, ""],
    },
}


class Taking:
    """A dependency that takes in the form of a request; files nobody took are gone behind it."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        """Take the names of the fields that there may be."""
        self._fields = fields

    async def __call__(self, request: Request, services: ServicesDep) -> AsyncIterator[Upload]:
        """What is refused is refused before its files are taken, where that can be seen then."""
        book, case_id = services.casebook, request.path_params.get("case_id")
        if "idempotency-key" not in request.headers:
            await run_sync(book.admit, case_id)
        elif case_id is not None:
            # It may have been done before, and took the queue's last place: its content tells.
            await run_sync(book.case, case_id)
        incoming, settings = services.stores.incoming, services.settings
        async with received(request, incoming, settings, before_files=self._check) as upload:
            self._check(upload.fields)
            yield upload

    def _check(self, fields: Mapping[str, str]) -> None:
        """
        Refuse what nobody reads: a misspelt field would be lost without a word.

        Raises:
            Problem: BAD_VALUE.
        """
        if not fields.keys() <= set(self._fields):
            raise Problem(ProblemCode.BAD_VALUE, f"fields: {', '.join(self._fields)}, file")
        for name, value in fields.items():
            told = _FIELDS[name]
            if len(value) > told["maxLength"] or not re.fullmatch(told["pattern"], value):
                detail = f"at most {told['maxLength']} characters, none of which controls anything"
                raise Problem(ProblemCode.BAD_VALUE, detail, field=name)


def fingerprint(upload: Upload, what: str) -> str:
    """SHA-256 of a request by what it asks for: fields, and octets and names of the files."""
    parts = [what, *(f"{name}={value}" for name, value in sorted(upload.fields.items()))]
    parts += [f"{file.sha256} {file.name}" for file in upload.files]
    return fingerprint_of(*parts)


def fingerprint_of(*parts: str) -> str:
    """SHA-256 of parts, each told apart from the next."""
    digest = hashlib.sha256()
    for part in parts:
        octets = part.encode(errors="surrogatepass")
        digest.update(b"%d:%b" % (len(octets), octets))
    return digest.hexdigest()


def form(names: tuple[str, ...]) -> dict[str, Any]:
    """The request body of an operation, as OpenAPI has it."""
    fields = {name: {"type": "string", **_FIELDS[name]} for name in names}
    file = {
        "type": "array",
        "minItems": 1,
        "description": "A HAR, a packet capture, a key log, or an archive of such; repeatable.",
        "items": {"type": "string", "format": "binary"},
    }
    schema = {
        "type": "object",
        "properties": {**fields, "file": file},
        "required": ["file"],
        "additionalProperties": False,
    }
    encoding = {"file": {"contentType": "application/octet-stream"}}
    content = {"multipart/form-data": {"schema": schema, "encoding": encoding}}
    return {"requestBody": {"required": True, "content": content}}
