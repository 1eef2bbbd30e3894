"""A BOSH client that did not ask for longer than it may (XEP-0124 section 10)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..progress import seconds
from .requests import GONE, SECOND_NS, ended_with, facts, idle, number, place, turns, until_gone


def _check(session: Session) -> Iterator[Hit]:
    pauses = [number(turn, "pause") or 0 for turn in turns(session)]
    allowed_s = max([facts(session).inactivity_s or _ANY_S, *pauses])
    for turn, idle_ns in idle(session):
        if idle_ns > (allowed_s + 1) * SECOND_NS and not session.gaps:
            # It was refused, or one that went with it.
            last = turn in until_gone(turns(session))[-2:] and ended_with(session, GONE)
            values: dict[str, Value] = {
                "idle_s": seconds(idle_ns),
                "allowed_s": allowed_s,
                "agent": session.agent or "the client",
            }
            yield Hit((place(session, turn),), values, effect=None if last else Effect.NONE)
            return


_ANY_S = 1 << 30  # a server that names no limit has none

RULE = Rule(
    id="BO-006",
    severity=Severity.WARNING,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client sent no BOSH request for {idle_s} s, {allowed_s} s are allowed",
    cause="With no request open the server cannot reach {agent!t}; after {allowed_s} s "
    "(inactivity) it takes the client for gone and ends the session in silence: the agent is "
    "unavailable, and the next request is answered with item-not-found. Usual: a background tab "
    "whose timers the browser slowed down to one a minute, a PC that slept, a network that was "
    "away.",
    remedy="1. Keep the desktop's tab in front or in a window of its own; exempt its address from "
    "Chrome's and Edge's timer throttling and tab sleeping (policies IntensiveWakeUpThrottling"
    "Enabled, SleepingTabsBlockedForUrls). 2. Switch off sleep and the power saving of the network "
    "card. 3. Raise xmpp.httpbind.client.idle on the server (30 s). 4. Better: use WebSocket.",
    reference="XEP-0124 §10",
    needs=frozenset({Needs.BOSH, Needs.TIMES}),
    explains=("BO-015", "FI-004", "FI-024", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm'/>
        5.1 S> <body/>
        5.2 S> <body/>
        70.0 C> <body rid='1573741831' sid='7y7xa2nfsm'/>
        70.1 S> <body type='terminate' condition='item-not-found'/>
        """,
        """
        @bosh
        @login
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm'/>
        5.2 S> <body/>
        5.2 S> <body/>
        70.0 C> <body rid='1573741831' sid='7y7xa2nfsm'/>
        """,
    ),
    silent_on=(
        "@bosh\n@login\n@until 300",
        """
        @bosh
        @login
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm' pause='90'/>
        5.2 S> <body/>
        5.2 S> <body/>
        70.0 C> <body rid='1573741831' sid='7y7xa2nfsm'/>
        """,
    ),
)
