"""Cut at a round age though pings flowed: perhaps a limit on the lifetime of connections."""

from collections.abc import Iterator

from ...model.rule import Confidence, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Side
from ..connection.cut import is_cut, told
from ..evidence import ending

_MINUTE_NS = 60_000_000_000
_AGES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 360, 480, 600, 720, 1440)
_NEAR_NS = 2_000_000_000  # timers of such devices tick every second or so


def _check(session: Session) -> Iterator[Hit]:
    began, ended = session.started_ns, session.close.time_ns
    if session.started_late or began is None or ended is None or not is_cut(session):
        return
    minutes = next((m for m in _AGES if 0 <= ended - began - m * _MINUTE_NS <= _NEAR_NS), None)
    alive_ns = 2 * session.profile.ping_interval_ms * 1_000_000
    silent = (session.close.idle_ns or 0) > alive_ns or session.close.by is Side.CLIENT
    if minutes is not None and not silent:
        values: dict[str, Value] = {**told(session), "minutes": minutes}
        yield Hit((ending(session),), values)


RULE = Rule(
    id="TI-005",
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    title="The connection was cut {minutes} minutes after it began, though it was in use",
    cause="The last message was only {idle_s} s old, so no idle timeout cut it; the age is round, "
    "and that may be chance. But firewalls, load balancers, VPN and zero-trust gateways (ZTNA) "
    "allow a connection a fixed lifetime, often just such a number of minutes or hours.",
    remedy="Let the agent work until the next loss and compare: the same age again proves a "
    "limit. Then raise the session lifetime of that device above a shift, or exempt the "
    "connections to {server} from it.",
    reference="RFC 6455 §7.2",
    needs=frozenset({Needs.END, Needs.TIMES, Needs.START}),
    check=_check,
    fires_on=("@login\n595 S> <message xmlns='jabber:client'/>\n600.5 S> [fin]",),
    silent_on=(
        "@login",
        "@login\n595 S> <message xmlns='jabber:client'/>\n610 S> [fin]",
        "@login\n300 S> <message xmlns='jabber:client'/>\n600.5 S> [fin]",
        "@login\n595 S> <message xmlns='jabber:client'/>\n600.5 C> [fin]",
    ),
)
