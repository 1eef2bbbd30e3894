"""An agent who went away and came back, or stayed away (Finesse desktop presence)."""

from collections.abc import Iterator

from ...model.history import Happening
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Cohort
from ..evidence import beginning, ending
from ..progress import seconds
from ..returns import by_number, returns

_LOGOUT_NS = 60_000_000_000
"""Finesse logs an agent out whose presence is unavailable for this long."""


def _check(cohort: Cohort) -> Iterator[Hit]:
    sessions = by_number(cohort.sessions)
    for history in cohort.histories:
        away = [(one.chapter.span_ns or 0, one) for one in returns(history)]
        if not away or not history.agent:
            continue
        longest, one = max(away, key=lambda found: found[0])
        before, after = sessions[one.left], sessions[one.chapter.session or one.left]
        values: dict[str, Value] = {
            "agent": history.agent,
            "away_s": seconds(longest),
            "count": len(away),
        }
        severity = Severity.WARNING if longest > _LOGOUT_NS else Severity.INFO
        evidence = ending(before), beginning(after)
        yield Hit(evidence, values, session=before.number, severity=severity)
        forced = any(moment.what is Happening.FORCED_LOGOUT for moment in after.moments)
        if forced and longest > _LOGOUT_NS:
            # The logout that it brought is told in the session behind.
            yield Hit(evidence[::-1], values, session=after.number, severity=severity)


_GONE = "5.0 S> <presence xmlns='jabber:client' from='finesse@example.test' type='unavailable'/>"
_FORCED = """
95.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse/api/User/a",\
"data":{"user":{"state":"LOGOUT","reasonCodeId":"255"}}}}</notification></item></items></event>\
</message>
"""

RULE = Rule(
    id="FI-016",
    severity=Severity.INFO,
    title="{agent!t} was away for {away_s} s and came back",
    cause="The agent's session ended and another one began ({count:time|times} in all, {away_s} s "
    "at the longest). Finesse waits 60 s for an agent whose presence is gone (and up to 120 s "
    "before it notices a crash), then logs the agent out with reason 255. Under 60 s the agent "
    "keeps the state: a reload of the page or a reconnect looks like this.",
    remedy="Under 60 s: nothing to do, unless it happens often; then see how the first session "
    "ended. Over 60 s: expect NOT_READY or LOGOUT with reason 255 at the supervisor and in the "
    "reports, and look for what kept the client away (PC asleep, network, the page closed).",
    reference="Cisco DevNet, Finesse: Desktop Presence and Forced Logout",
    explains=("FI-022",),
    check=_check,
    fires_on=(
        "@login\n5.0 C> [fin]\n@connection 20\n@login",
        "@login\n5.0 C> [fin]\n@connection 90\n@login",
        f"@login\n5.0 C> [fin]\n@connection 90\n@login{_FORCED}",
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden", f"@login\n{_GONE}"),
)
