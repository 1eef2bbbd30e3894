"""All pages as one router."""

from fastapi import APIRouter

from . import case, cases, compare, errors, language, parts, progress, reports, sign_in

router = APIRouter(include_in_schema=False)
for _page in (cases, case, progress, compare, reports, sign_in, language, errors, parts):
    router.include_router(_page.router)
