"""What all entries of a HAR are made of that is written from a session."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from ...model.har import Numeral, Tree
from ...model.http import Exchange, Headers
from ...model.session import Session
from ...model.source import PacketSource, Source
from ..redaction.vault import MARK
from .shape import NEVER

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_SECOND_NS: Final = 1_000_000_000

UNKNOWN: Final = Numeral("-1")


def instant(time_ns: int | None) -> str:
    """ISO 8601, to the microsecond; a date of 1970 where there is no time."""
    if time_ns is None:
        return NEVER
    moment = _EPOCH + timedelta(microseconds=time_ns // 1_000)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds(time_ns: int | None) -> Numeral:
    """Since 1970, to the microsecond, as Chrome counts messages; -1 where there is no time."""
    if time_ns is None:
        return UNKNOWN
    return Numeral(f"{time_ns // _SECOND_NS}.{time_ns % _SECOND_NS // 1_000:06d}")


def milliseconds(begin_ns: int | None, end_ns: int | None) -> Numeral:
    """From one to the other, to the microsecond; -1 where that is not known."""
    if begin_ns is None or end_ns is None:
        return UNKNOWN
    took = max(end_ns - begin_ns, 0)
    return Numeral(f"{took // 1_000_000}.{took % 1_000_000 // 1_000:03d}")


def url(text: str) -> str:
    """A URL in which marks are written as URLs write them."""
    return MARK.sub(lambda mark: quote(mark[0], safe=""), text)


def entry(
    session: Session,
    exchange: Exchange,
    address: str,
    span: tuple[int | None, int | None],
    source: Source | None,
) -> Tree:
    """
    An entry of a request and its response, without bodies.

    Args:
        session: Whose connection it went by.
        exchange: The two.
        address: URL.
        span: When it began and when it ended.
        source: Where it stands in the capture.
    """
    fields: Tree = {
        "startedDateTime": instant(span[0]),
        "time": milliseconds(*span),
        "request": _request(exchange, address),
        "response": _response(exchange),
        "cache": {},
        "timings": {
            "send": Numeral("0"),
            "wait": milliseconds(*span),
            "receive": UNKNOWN,
        },
    }
    if session.connection is not None:
        fields["connection"] = str(session.connection.number)
    return {**fields, **packet(source)}


def packet(source: Source | None) -> Tree:
    """The number of a packet, as Wireshark shows it."""
    return {"_packet": Numeral(str(source.first))} if isinstance(source, PacketSource) else {}


def _request(exchange: Exchange, address: str) -> Tree:
    request = exchange.request
    return {
        "method": "GET" if request is None else request.method,
        "url": url(address),
        "httpVersion": "" if request is None else request.version,
        "cookies": [],
        "headers": [] if request is None else _lines(request.headers),
        "queryString": _query(address),
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN if request is None else Numeral(str(request.body_length)),
    }


def _response(exchange: Exchange) -> Tree:
    response = exchange.response
    headers: Headers = () if response is None else response.headers
    fields: Tree = {
        "status": Numeral("0" if response is None else str(response.status)),
        "statusText": "" if response is None else response.reason,
        "httpVersion": "" if response is None else response.version,
        "cookies": [],
        "headers": _lines(headers),
        "content": {
            "size": Numeral("0" if response is None else str(response.body_length)),
            "mimeType": _value(headers, "content-type"),
        },
        "redirectURL": url(_value(headers, "location")),
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
    }
    return {**fields, "_error": exchange.error} if exchange.error else fields


def _lines(headers: Headers) -> list[Tree]:
    return [{"name": name, "value": value} for name, value in headers]


def _value(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _query(address: str) -> list[Tree]:
    try:
        query = urlsplit(address).query
    except ValueError:  # a bracket without its partner, as captured
        return []
    return [
        {"name": name, "value": value}
        for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=None)
    ]


def secured(address: str, *, encrypted: bool | None, schemes: tuple[str, str]) -> str:
    """A URL with the scheme that goes with encryption: ws or wss, http or https."""
    rest = re.sub(r"\A[A-Za-z][A-Za-z0-9+.-]*://", "", address)
    scheme = schemes[encrypted is True]
    return f"{scheme}://{rest}"


def sorted_entries(entries: Iterable[tuple[int | None, Tree]]) -> list[Tree]:
    """By the time they began; those without a time stay behind the one before them."""
    latest, keyed = 0, []
    for begin_ns, fields in entries:
        latest = latest if begin_ns is None else begin_ns
        keyed.append((latest, fields))
    keyed.sort(key=lambda pair: pair[0])
    return [fields for _, fields in keyed]
