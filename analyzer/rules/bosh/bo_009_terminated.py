"""A BOSH session that the server ended with a condition (XEP-0124 section 17)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import CloseKind, Needs, Session
from ..consequences import ENDINGS
from ..evidence import ending
from .requests import PARTIES, turns

_APART = frozenset(
    {
        "item-not-found",
        "policy-violation",
        "host-unknown",
        "host-gone",
        "improper-addressing",
        "remote-connection-failed",
        "system-shutdown",
        "internal-server-error",
    }
)
"""Conditions with rules of their own."""


def _check(session: Session) -> Iterator[Hit]:
    close = session.close
    condition = close.condition or ""
    if close.kind is not CloseKind.BOSH_ERROR or condition in _APART:
        return
    # Where no request ever succeeded the service was not reached at all.
    if any(turn.status == 200 for turn in turns(session)):
        values: dict[str, Value] = {"condition": condition, "server": session.server}
        yield Hit((ending(session),), values, party=PARTIES.get(condition))


RULE = Rule(
    id="BO-009",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} ended the BOSH session: {condition}",
    cause="What that means: bad-request, a <body/> or header it could not read; other-request, "
    "another request of the session went wrong; remote-stream-error, the XMPP server ended the "
    "stream; see-other-uri, the client is to use another address; undefined-condition, see the "
    "text in the answer; HTTP and a number, whoever answers HTTP there refused it: 401 and 407 "
    "want credentials, 413 the request was too large, 429 too many requests, 502 to 504 a proxy "
    "could not reach the server behind it.",
    remedy="1. Read the answer itself in the table of stanzas, it may hold a text. 2. With an HTTP "
    "status look who answered (field Server): the service, or a proxy. 3. Take the server's log of "
    "that minute: file get activelog desktop recurs compress, and Openfire's error.log in it.",
    reference="XEP-0124 §17.1, §17.2",
    needs=frozenset({Needs.BOSH}),
    explains=(*ENDINGS, "BO-014"),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        9.0 S> <body type='terminate' condition='undefined-condition'/>
        """,
        """
        @bosh
        @login
        9.0 S> [status 502] Bad Gateway
        """,
    ),
    silent_on=(
        "@bosh\n@login",
        """
        @bosh
        @login
        9.0 S> <body type='terminate' condition='item-not-found'/>
        """,
        """
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> [status 502] Bad Gateway
        """,
    ),
)
