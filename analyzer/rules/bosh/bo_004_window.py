"""A session that the server ended for a request id outside of its window (XEP-0124 section 14)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .requests import ended_with, facts, out_of_window, place


def _check(session: Session) -> Iterator[Hit]:
    found = out_of_window(session)
    if found is not None and ended_with(session, frozenset({"item-not-found"})):
        turn, how = found
        values: dict[str, Value] = {
            "rid": turn.rid or 0,
            "how": how,
            "window": facts(session).requests or "few",
        }
        yield Hit((place(session, turn),), values)


RULE = Rule(
    id="BO-004",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The server ended the BOSH session at request {rid}, {how!t}",
    cause="The server accepts the next {window!t} request ids and can repeat as many of its latest "
    "answers. A request outside of that ends the session with item-not-found (old servers: HTTP "
    "404). Usual: an answer was lost on the way, the client sent the request again, and the server "
    "no longer had the answer, which Openfire up to 4.3 does even where it should still have it; "
    "or a proxy sent a POST twice by itself.",
    remedy="1. Look for the break before it: a reset, a proxy's 502 or 504, an unanswered request. "
    "2. Proxies must not repeat POST (nginx: proxy_next_upstream off for this path) and must hold "
    "requests longer than wait. 3. Move the client to WebSocket (/ws/), which has no such window; "
    "Finesse desktops from 12.0 on use it. 4. Else upgrade to a release with Openfire "
    "4.4 or later.",
    reference="XEP-0124 §14.2, §14.3; Strophe.js issue 341",
    needs=frozenset({Needs.BOSH}),
    explains=("BO-003", "BO-010", "BO-014", "BO-015", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        5.0 C> <body rid='1573749999' sid='7y7xa2nfsm'/>
        5.1 S> <body/>
        5.2 S> <body type='terminate' condition='item-not-found'/>
        """,
        """
        @bosh
        @login
        5.0 C> <body rid='1573741829' sid='7y7xa2nfsm'/>
        5.1 S> <body type='terminate' condition='item-not-found'/>
        """,
        """
        @bosh
        @login
        5.0 C> <body rid='1573740000' sid='7y7xa2nfsm'/>
        5.1 S> [status 404] Not Found
        5.2 C> <body rid='1573740001' sid='7y7xa2nfsm'/>
        5.3 S> [status 404] Not Found
        5.4 C> <body rid='1573740002' sid='7y7xa2nfsm'/>
        5.5 S> [status 404] Not Found
        5.6 C> <body rid='1573740003' sid='7y7xa2nfsm'/>
        5.7 S> [status 404] Not Found
        """,
    ),
    silent_on=(
        "@bosh\n@login",
        "@bosh\n@login\n5.0 C> <body rid='1573749999' sid='7y7xa2nfsm'/>",
        "@bosh\n@login\n9.0 S> <body type='terminate' condition='item-not-found'/>",
    ),
)
