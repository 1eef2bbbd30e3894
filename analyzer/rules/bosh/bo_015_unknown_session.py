"""A session that the server does not know, or no longer (XEP-0124 section 17.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..evidence import ending
from ..progress import seconds
from .requests import ended_with, facts


def _check(session: Session) -> Iterator[Hit]:
    known = facts(session).sid is not None
    if known and ended_with(session, frozenset({"item-not-found"})):
        began, ended = session.started_ns, session.ended_ns
        age = ended - began if began is not None and ended is not None else None
        yield Hit((ending(session),), {"server": session.server, "age_s": seconds(age)})


RULE = Rule(
    id="BO-015",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} no longer knew the BOSH session, {age_s} s after it began",
    cause="item-not-found, or 404 of an old server: it does not know the session id, or cannot "
    "take the request id. The notification service restarted, the load balancer or a failover "
    "sent the request to another node, or the client was silent for longer than allowed.",
    remedy="1. Do all requests reach the same node? Compare the server addresses; switch "
    "stickiness on at the load balancer. 2. Did Cisco Finesse Notification Service restart then? "
    "utils service list, system log. 3. All agents in the same minute: server; one agent: that PC, "
    "its tab, its way there.",
    reference="XEP-0124 §17.1, §17.2",
    needs=frozenset({Needs.BOSH}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        9.0 S> <body type='terminate' condition='item-not-found'/>
        """,
        """
        @bosh
        @login
        9.0 S> [status 404] Not Found
        """,
    ),
    silent_on=(
        "@bosh\n@login",
        "@login",
        """
        @bosh
        0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
        0.1 S> [status 404] Not Found
        """,
    ),
)
