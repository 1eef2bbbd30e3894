"""HTTP exchanges of BOSH, as a recording tells them."""

from analyzer.model.anomaly import Anomaly
from analyzer.model.bosh import Turn
from analyzer.model.http import Exchange, Headers, Request, Response
from analyzer.model.source import HarSource, PacketSource, Source
from analyzer.model.xmpp import Stanza
from analyzer.protocol.bosh import Bosh

URL = "https://desk.example.test:7443/http-bind/?a=1#x"
BODY = "<body xmlns='http://jabber.org/protocol/httpbind'"
XML = (("Content-Type", "text/xml; charset=utf-8"),)
AT = PacketSource(0, 7, 7, 1_000, 100)


def request(
    body: bytes = b"",
    *,
    url: str = URL,
    method: str = "POST",
    headers: Headers = XML,
    length: int | None = None,
    source: Source = AT,
    body_source: Source | None = None,
) -> Request:
    return Request(
        method=method,
        url=url,
        headers=headers,
        body=body,
        body_length=len(body) if length is None else length,
        source=source,
        body_source=body_source,
    )


def response(
    body: bytes = b"",
    *,
    status: int = 200,
    headers: Headers = XML,
    length: int | None = None,
    source: Source = AT,
) -> Response:
    return Response(
        status=status,
        headers=headers,
        body=body,
        body_length=len(body) if length is None else length,
        source=source,
    )


def turn(asked: Request | None, answered: Response | None = None, error: str | None = None) -> Turn:
    (found,) = Bosh(0).feed(Exchange(request=asked, response=answered, error=error))
    assert isinstance(found, Turn)
    return found


def sent(body: str) -> tuple[list[Stanza], list[Anomaly]]:
    """Stanzas and anomalies of a request."""
    found = turn(request(body.encode()))
    assert found.request is not None
    return [*found.request.stanzas], [*found.anomalies]


def got(body: str) -> tuple[list[Stanza], list[Anomaly]]:
    """Stanzas and anomalies of a response."""
    found = turn(request(f"{BODY} rid='1' sid='a'/>".encode()), response(body.encode()))
    assert found.response is not None
    return [*found.response.stanzas], [*found.anomalies]


HAR = HarSource(0, 3, None, 1_000)
