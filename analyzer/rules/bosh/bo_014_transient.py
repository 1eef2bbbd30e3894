"""Requests of BOSH that failed, and that the session survived (XEP-0124 section 17.1)."""

from collections import Counter
from collections.abc import Iterator

from ...model.bosh import TurnFacts
from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..progress import seconds
from .requests import facts, in_vain, place


def _check(session: Session) -> Iterator[Hit]:
    failed = in_vain(session)
    if not failed:
        return
    statuses = Counter(str(turn.status or turn.error or "no answer") for turn in failed)
    held = max(_held(turn) for turn in failed)
    values: dict[str, Value] = {
        "count": len(failed),
        "statuses": ", ".join(f"{status} ({n})" for status, n in statuses.items()),
        "held_s": seconds(held),
        "wait_s": facts(session).wait_s or "?",
    }
    yield Hit((place(session, failed[0]),), values)


def _held(turn: TurnFacts) -> int:
    until = turn.answered_ns or turn.asked_ns or 0
    return until - (turn.asked_ns or until)


RULE = Rule(
    id="BO-014",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.PROXY,
    title="{count:BOSH request|BOSH requests} failed and had to be sent again: {statuses!t}",
    cause="The service answers with 200 and a <body/>; anything else comes from what stands in "
    "between, or says that the connection broke. The longest of these was open for {held_s} s, the "
    "server may hold a request for {wait_s} s: a proxy whose timeout is shorter answers 504, or "
    "cuts the connection, each time nothing happens for that long. Until the client has asked "
    "again events are late; if the answer was lost the session may end with item-not-found.",
    remedy="1. Look who answered (field Server, Via). 2. Set the proxy's read timeout for "
    "/http-bind/ above wait (nginx: proxy_read_timeout 90s), buffering off. 3. 502, 503: look "
    "whether the notification service restarted then.",
    reference="XEP-0124 §7.1, §14.3, §17.1",
    needs=frozenset({Needs.BOSH}),
    explains=("IQ-002", "PG-001", "PG-002", "FI-012", "BO-003"),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        31.0 S> [status 504] Gateway Time-out
        32.0 S> <body/>
        """,
        """
        @bosh
        @login
        5.0 C> <body rid='1573741829' sid='7y7xa2nfsm'/>
        5.1 S> [error no answer]
        5.2 S> <body/>
        """,
        """
        @har
        @bosh
        @login
        31.0 S> [error net::ERR_CONNECTION_RESET]
        32.0 S> <body/>
        """,
    ),
    silent_on=("@bosh\n@login", "@bosh\n@login\n9.0 S> [status 502] Bad Gateway", "@login"),
)
