"""
XMPP in HTTP: exchanges in, turns out (XEP-0124, XEP-0206).

Every request and every response of BOSH holds one `<body/>`. Which exchange that is, and what is
there where a `<body/>` should be, is told here; what the wrapper holds, in `bosh_body`.
"""

import re
from codecs import BOM_UTF8
from sys import intern

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.bosh import Body, Turn
from ..model.events import Event
from ..model.http import Exchange, Request, Response, field
from ..model.source import Direction, HarSource
from .bosh_body import BodyReader, begins_body, names_bosh
from .content_coding import decoded
from .xml import without_declaration

_PATH = re.compile(r"[^?#]*/(?:http-bind|bosh)(?:[/?#;]|$)", re.IGNORECASE)
_MEDIA = re.compile(r"[a-z0-9.+/-]{1,60}")


class Bosh:
    """The decoder above HTTP; no exchange depends on another, so it keeps no state."""

    def __init__(self, capture: int) -> None:
        """Take the index of the input."""
        self._capture = capture

    def feed(self, exchange: Exchange) -> list[Event]:
        """`[Turn]` if the exchange is one of BOSH, else nothing; never raises."""
        request, response = exchange.request, exchange.response
        anomalies: list[Anomaly] = []
        if request is None:
            return _answer_alone(response, anomalies)
        if request.method != "POST":
            return []  # a preflight request (OPTIONS), or a page about the service
        sent = _octets(request, anomalies)
        if not (begins_body(sent) or (not sent and _PATH.match(request.url))):
            return []
        asked = _read(request, sent, 0, anomalies) if sent else None
        before = len(asked.stanzas) if asked is not None else 0
        answered = _answer(response, before, anomalies) if response is not None else None
        turn = Turn(
            url=intern(request.url.partition("#")[0].partition("?")[0]),
            method=request.method,
            request=asked,
            response=answered,
            status=response.status if response is not None else 0,
            error=exchange.error,
            asked=request.source,
            answered=response.source if response is not None else None,
            body_missing=answered is None and response is not None and _is_missing(response),
            anomalies=tuple(anomalies),
            user_agent=field(request.headers, "User-Agent"),
        )
        return [turn]


def _answer_alone(response: Response | None, anomalies: list[Anomaly]) -> list[Event]:
    """A response whose request was not captured is one of BOSH if its `<body/>` says so."""
    octets = _octets(response, anomalies) if response is not None else b""
    if response is None or not begins_body(octets) or not names_bosh(octets):
        return []
    body = _read(response, octets, 0, anomalies)
    turn = Turn(
        url="",
        response=body,
        status=response.status,
        answered=response.source,
        anomalies=tuple(anomalies),
    )
    return [turn]


def _answer(response: Response, before: int, anomalies: list[Anomaly]) -> Body | None:
    octets = _octets(response, anomalies)
    if begins_body(octets):
        return _read(response, octets, before, anomalies)
    if octets and response.status == 200:
        # Some proxy's own page. That other statuses come with one is no wonder.
        media = (field(response.headers, "Content-Type") or "").partition(";")[0].strip().lower()
        content = media if _MEDIA.fullmatch(media) else "unknown"
        anomalies.append(_anomaly({"problem": "no body element", "content": content}, response))
    return None


def _is_missing(response: Response) -> bool:
    """Whether there was a body that the recording does not hold: no answer of BOSH is empty."""
    if response.body or response.status != 200:
        return False
    return bool(response.body_length) or isinstance(response.source, HarSource)


def _read(part: Request | Response, octets: bytes, before: int, anomalies: list[Anomaly]) -> Body:
    body, found = BodyReader(part, octets, before).read()
    anomalies += found
    return body


def _octets(part: Request | Response, anomalies: list[Anomaly]) -> bytes:
    """What a message holds from its first tag on; none if its content coding cannot be undone."""
    octets = decoded(part.body, part.headers)
    if octets is None:
        anomalies.append(_anomaly({"problem": "content coding"}, part))
        return b""
    return without_declaration(octets.removeprefix(BOM_UTF8)).lstrip()


def _anomaly(values: dict[str, str | int], part: Request | Response) -> Anomaly:
    return Anomaly(
        code=AnomalyCode.BOSH_BODY,
        values=values,
        direction=Direction.TO_SERVER if isinstance(part, Request) else Direction.TO_CLIENT,
        length=len(part.body),
        source=part.source,
    )
