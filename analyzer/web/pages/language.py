"""The choice of a language, kept in a cookie."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from ...report.language.words import LANGUAGES
from ..guard.local import local
from ..problems import Problem, ProblemCode
from .forms import Fields, see_other
from .tongue import COOKIE

router = APIRouter()

YEAR_S = 365 * 86_400


@router.post("/language")
def choose(fields: Fields) -> RedirectResponse:
    """Speak the chosen language from now on, on the page that one came from."""
    tag = fields.get("language", "")
    if tag not in LANGUAGES:
        raise Problem(ProblemCode.BAD_VALUE, "no such language", field="language")
    answer = see_other(local(fields.get("next", "/")))
    answer.set_cookie(COOKIE, tag, max_age=YEAR_S, httponly=True, samesite="strict")
    return answer
