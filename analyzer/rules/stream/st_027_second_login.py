"""The login that took a session's resource, where it was recorded (RFC 6120 section 7.7.2.2)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort, Session
from ..evidence import beginning, ending
from ..progress import seconds

_APART_NS = 30_000_000_000
"""From the beginning of a login to the end of the other session, clocks of two PCs included."""


def _check(cohort: Cohort) -> Iterator[Hit]:
    thrown = [one for one in cohort.sessions if one.close.condition == "conflict" and one.agent]
    if not thrown:
        return
    logins: defaultdict[tuple[str, str | None], list[Session]] = defaultdict(list)
    for session in sorted(cohort.sessions, key=_began):
        if session.agent and session.jid is not None and session.started_ns is not None:
            logins[session.agent.lower(), session.resource].append(session)
    for one in thrown:
        ended = one.close.time_ns or 0
        known = logins[(one.agent or "").lower(), one.resource]
        at = bisect_left(known, ended, key=_began)
        near = [s for s in known[max(at - 2, 0) : at + 2] if s.number != one.number]
        apart, at = min((abs(ended - _began(s)), n) for n, s in enumerate(near or [one]))
        if near and apart < _APART_NS:
            values: dict[str, Value] = {
                "agent": one.agent or "the agent",
                "resource": one.resource or "none",
                "first": _where(one),
                "second": _where(near[at]),
                "apart_s": seconds(apart),
            }
            yield Hit((ending(one), beginning(near[at])), values, session=one.number)


def _began(session: Session) -> int:
    return session.started_ns or 0


def _where(session: Session) -> str:
    """Address of the client; in a HAR, which has none, the place of the recording."""
    client = session.connection.client if session.connection is not None else None
    return f"recording {session.capture + 1}" if client is None else client.host


_CONFLICT = (
    "9.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>"
    "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
)

RULE = Rule(
    id="ST-027",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{agent} logged in a second time ({second!t}), and that ended the session of {first!t}",
    cause="Both logins are recorded, {apart_s} s from one's end to the other's beginning, both "
    "with the resource {resource!t}: the server keeps the newer one and ends the older one with "
    "conflict. One address or recording for both: a second tab, or the desktop's own reconnect "
    "while the server still held the old socket. Two: a second PC, or a third-party client.",
    remedy="Two PCs or tabs: sign out of one. A third-party client (CRM connector, wallboard): "
    "give it a resource of its own; desktop is reserved for the Finesse desktop. The same PC "
    "right after a loss: find why the first connection was lost, this is only its end.",
    reference="RFC 6120 §4.9.3.3, §7.7.2.2; Cisco DevNet, Finesse: Finesse Notifications",
    explains=("ST-010", "CO-010"),
    check=_check,
    fires_on=(f"@login\n{_CONFLICT}\n@connection 8\n@login\n@connection 12\n@login until=auth",),
    silent_on=(
        "@login",
        f"@login\n{_CONFLICT}",
        f"@login\n{_CONFLICT}\n@connection 60\n@login",
        "@login\n9.0 S> [fin]\n@connection 8\n@login",
    ),
)
