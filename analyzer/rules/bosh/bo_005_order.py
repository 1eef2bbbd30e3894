"""Answers that overtook each other (XEP-0124 section 8)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import beginning
from ..progress import seconds
from .requests import SECOND_NS, turns


def _check(session: Session) -> Iterator[Hit]:
    earliest = (1 << 63, 0)
    for turn in sorted(turns(session), key=lambda turn: -(turn.rid or 0)):
        # From the last request back: none may be answered later than one behind it.
        answered, rid = (turn.answered_ns or 0) if turn.status == 200 else 0, turn.rid or 0
        late = answered - earliest[0]
        if late > SECOND_NS:
            place = turn.answered or beginning(session)
            values: dict[str, Value] = {"rid": rid, "other": earliest[1], "late_s": seconds(late)}
            yield Hit((place,), values)
            return
        if answered:
            earliest = min(earliest, (answered, rid))


RULE = Rule(
    id="BO-005",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    party=Party.PROXY,
    title="The server answered BOSH request {rid} {late_s} s after request {other}",
    cause="Requests must be answered in the order of their ids. The answers of two connections "
    "overtook each other: a proxy or load balancer held one back, or sent the two connections to "
    "different servers. A client that takes answers as they come sees events in the wrong order: "
    "a dialog that ends before it began.",
    remedy="1. Behind a load balancer all requests of a session must reach the same node: switch "
    "stickiness on. 2. Switch off buffering of responses for this path (nginx: proxy_buffering "
    "off). 3. Prefer WebSocket, which has one connection.",
    reference="XEP-0124 §8, §14.2",
    needs=frozenset({Needs.BOSH, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @bosh
        0.0 C> <body rid='157374182' sid='a1'/>
        0.1 C> <body rid='157374183' sid='a1'/>
        0.2 S> [status 200 rid=157374183] <body/>
        2.2 S> <body/>
        """,
    ),
    silent_on=("@bosh\n@login", "@bosh\n@login\n9.0 S> [status 502] Bad Gateway", "@login"),
)
