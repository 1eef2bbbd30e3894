"""The ladder of the session that the verdict is about, as a drawing of its own (SVG 1.1)."""

from markupsafe import Markup

from ..drawing.ladder import WIDTH, ladder
from ..drawing.lanes import scene
from ..language.texts import plain, say
from ..language.visible import clipped, legible
from ..language.words import words
from ..redaction.redact import RedactedReport
from ..view.findings import troubled_first
from ..view.story import opening
from ..view.timeline import Timelines
from .html import environment, static

_MARGIN, _HEAD = 24, 72

_TITLE_LENGTH = 110


def render(redacted: RedactedReport, language: str) -> str:
    """
    The drawing as a file.

    Raises:
        UsageError: There is no such language.
    """
    report, catalogue = redacted.report, words(language)
    session = next(iter(troubled_first(report)), None)
    drawn, about = None, catalogue["drawing.none"]
    if session is not None:
        timelines = Timelines(report, catalogue)
        rows = timelines.rows(session)
        drawn = ladder(rows, catalogue, scene(session, report, catalogue, timelines.anchors))
        agent = session.agent or catalogue["nobody"]
        about = say(catalogue, "drawing.about", agent=agent, node=session.server)
    headline = plain(opening(report, catalogue).headline)
    context = {
        "w": catalogue,
        "language": language,
        "l": drawn,
        "number": 0 if session is None else session.number,
        "headline": clipped(legible(headline), _TITLE_LENGTH),
        "whole": legible(headline),
        "about": clipped(legible(about), _TITLE_LENGTH),
        "alarm": catalogue["secrets.shown"] if redacted.secrets_shown else "",
        "width": WIDTH + 2 * _MARGIN,
        "height": _HEAD + (drawn.height if drawn is not None else 0) + _MARGIN,
        "margin": _MARGIN,
        "head": _HEAD,
        "style": Markup(static("svg.css")),  # noqa: S704 - our own file
    }
    return environment().get_template("ladder.svg").render(context)
