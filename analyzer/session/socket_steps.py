"""The steps below XMPP: TCP connection, TLS, WebSocket upgrade."""

import re

from ..model.flow import EndCause
from ..model.source import Direction, Source
from ..model.xmpp import StanzaKind
from .attempts import is_fruitless
from .pair import between
from .story import Seen, Story

_NET_ERROR = re.compile(r"net::(ERR_[A-Z0-9_]+)")

_TLS_ERRORS = ("ERR_CERT_", "ERR_SSL_", "ERR_BAD_SSL_", "ERR_TLS_")

_HTTP_ERRORS = ("ERR_INVALID_HTTP_RESPONSE", "ERR_EMPTY_RESPONSE", "ERR_RESPONSE_HEADERS_")


def connect(story: Story) -> Seen | None:
    """The TCP handshake; of a HAR what its error text, or anything behind it, tells."""
    connection = story.trace.connection
    if connection is not None and connection.syn_seen:
        source, latency = connection.opened_source, connection.connect_ns
        told = story.unreachable
        if is_fruitless(connection, unreachable=told is not None):
            end, detail = None, "unanswered"
            if connection.ended_by is EndCause.RST:
                end, detail = connection.end_source, "refused"
            elif told is not None:
                end, detail = told.source, told.code
            return Seen(passed=False, asked=source, answered=end, detail=detail)
        # Packets may stand out of order, and a clock may be set back in between.
        latency = None if latency is None else max(latency, 0)
        return Seen(passed=True, asked=source, latency_ns=latency)
    error = _net_error(story)
    if error is not None and _is_below_tls(error):
        return Seen(passed=False, asked=_request(story), detail=error)
    return _implied(story)


def tls(story: Story) -> Seen | None:
    """The TLS handshake; a HAR tells only how it ended, without its messages."""
    if story.handshake is not None and story.trace.tls is not None:
        shaken, asked = story.handshake, story.trace.tls.client_hello
        if shaken.passed is None and asked is None:
            return None
        latency = between(asked, shaken.answered)
        return Seen(shaken.passed, asked, shaken.answered, latency, shaken.detail)
    refused = _refused_starttls(story)
    if refused is not None:
        return refused
    error = _net_error(story)
    if story.encrypted is not True or (error is not None and _is_below_tls(error)):
        return None
    if error is not None and error.startswith(_TLS_ERRORS):
        return Seen(passed=False, asked=_request(story), detail=error)
    return _implied(story)


_STARTTLS = StanzaKind.STARTTLS


def _refused_starttls(story: Story) -> Seen | None:
    """STARTTLS that the client asked for and did not get (RFC 6120 section 5.4.2.2)."""
    said = [stanza for stanza in story.stanzas if stanza.kind is _STARTTLS]
    asked = next((stanza for stanza in said if stanza.direction is Direction.TO_SERVER), None)
    if asked is None or story.encrypted:
        return None
    answer = next((stanza for stanza in said if stanza.direction is Direction.TO_CLIENT), None)
    if answer is None:
        return Seen(passed=None, asked=asked.source)
    latency = between(asked.source, answer.source)
    return Seen(
        passed=False,
        asked=asked.source,
        answered=answer.source,
        latency_ns=latency,
        detail="failure",
    )


def upgrade(story: Story) -> Seen | None:
    """The opening handshake (RFC 6455 section 4)."""
    if story.trace.upgrade is None:
        return None
    error = _net_error(story)
    if error is not None and not error.startswith(_HTTP_ERRORS):
        return None  # it never came that far
    exchange = story.trace.upgrade.exchange
    response = exchange.response
    asked, answered = _request(story), response.source if response is not None else None
    status = response.status if response is not None else 0
    detail = str(status) if status else error
    if story.trace.upgrade.accepted:
        latency = between(asked, answered) if _is_timed(answered, story) else None
        return Seen(passed=True, asked=asked, answered=answered, latency_ns=latency, detail=detail)
    if not status and exchange.error is None:
        return Seen(passed=None, asked=asked)
    return Seen(passed=False, asked=asked, answered=answered, detail=detail)


def _is_timed(answered: Source | None, story: Story) -> bool:
    """Whether the time is that of the answer: in Chrome's HAR every message moves it on."""
    first = story.stanzas[0].source.time_ns if story.stanzas else None
    time_ns = answered.time_ns if answered is not None else None
    return time_ns is not None and (first is None or time_ns <= first)


def _implied(story: Story) -> Seen | None:
    """In a HAR an answer, to the upgrade or of BOSH, shows that what carries it was there."""
    connection, upgraded = story.trace.connection, story.trace.upgrade
    if connection is not None and connection.syn_seen is not None:
        return None
    if story.trace.bosh is not None:
        answered = any(turn.status for turn in story.trace.bosh.turns)
        return Seen(passed=True) if answered or _net_error(story) is not None else None
    if upgraded is None:
        return None
    response = upgraded.exchange.response
    reached = upgraded.accepted or (response is not None and response.status > 0)
    return Seen(passed=True) if reached or _net_error(story) is not None else None


def _net_error(story: Story) -> str | None:
    """Chrome's name of the error that kept the first request from an answer: `ERR_CERT_…`."""
    bosh = story.trace.bosh
    text = story.trace.upgrade.exchange.error if story.trace.upgrade is not None else None
    if bosh is not None and not any(turn.status for turn in bosh.turns):
        text = next((turn.error for turn in bosh.turns if turn.error), None)
    found = _NET_ERROR.search(text) if text is not None else None
    return found.group(1) if found is not None else None


def _is_below_tls(error: str) -> bool:
    return not error.startswith(_TLS_ERRORS + _HTTP_ERRORS)


def _request(story: Story) -> Source | None:
    if story.trace.bosh is not None:
        return next((turn.asked for turn in story.trace.bosh.turns), None)
    request = story.trace.upgrade.exchange.request if story.trace.upgrade is not None else None
    return request.source if request is not None else None
