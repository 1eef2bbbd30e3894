"""Everything below /api/v1."""

from functools import cache
from typing import Any

from fastapi import APIRouter

from ...report.formats import COMPARISON_RENDERERS, RENDERERS
from ...report.language.words import LANGUAGES
from ...version import __version__
from ..depends import ServicesDep
from . import cases, description, files, jobs, reports
from .refusals import refusals
from .schemas import Limits, Version

router = APIRouter(prefix="/api/v1")


@router.get(
    "/version",
    tags=["server"],
    operation_id="getVersion",
    summary="Look what runs here",
    response_description="Version, names and limits.",
    responses=refusals(),
)
def version(services: ServicesDep) -> Version:
    """The profiles, languages and formats that may be asked for, and how much may be uploaded."""
    settings = services.settings
    return Version(
        version=__version__,
        profiles=services.casebook.profiles,
        languages=LANGUAGES,
        formats=tuple(RENDERERS),
        comparison_formats=tuple(COMPARISON_RENDERERS),
        limits=Limits(
            max_file=settings.max_file, max_case=settings.max_case, max_files=settings.max_files
        ),
    )


for part in (cases, files, jobs, reports):
    router.include_router(part.router)


@cache
def document() -> dict[str, Any]:
    """This API as OpenAPI 3.1 describes it."""
    return description.document(router)


@router.get("/openapi.json", include_in_schema=False)
def openapi() -> dict[str, Any]:
    """The same, for programs."""
    return document()
