"""A desktop that drops its connection because Finesse itself is gone (Finesse failover)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.history import Happening
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import CloseKind, Needs, Session
from ...model.source import Side
from ..consequences import ENDINGS
from ..evidence import ending
from ..progress import seconds, until_end

_SOON_NS = 60_000_000_000
"""Behind that the end has reasons of its own."""

_WHY = {
    Happening.FINESSE_GONE: "presence of finesse@ unavailable",
    Happening.OUT_OF_SERVICE: "SystemInfo OUT_OF_SERVICE",
}


def _check(session: Session) -> Iterator[Hit]:
    close = session.close
    if not session.moments or close.kind is CloseKind.OPEN or close.orderly:
        return
    told = [one for one in session.moments if one.what in {*_WHY, Happening.IN_SERVICE}]
    if close.by is Side.SERVER or not told or told[-1].what not in _WHY:
        return
    after_ns = until_end(session, told[-1].source)
    if after_ns is not None and after_ns <= _SOON_NS:
        values: dict[str, Value] = {"why": _WHY[told[-1].what], "after_s": seconds(after_ns)}
        yield Hit((ending(session), told[-1].source), values)


_PRESENCE = "<presence xmlns='jabber:client' from='finesse@finesse.example.test/x'"
_GONE = f"@login\n5.0 S> {_PRESENCE}/>\n9.0 S> {_PRESENCE} type='unavailable'/>"

RULE = Rule(
    id="FI-033",
    severity=Severity.WARNING,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The desktop gave the session up {after_s} s after Finesse was gone ({why!t})",
    cause="The desktop had just been told that Finesse does not work on this node: {why!t}. It "
    "then drops its connection, asks for SystemInfo every 20 s and logs in where a node is in "
    "service. The connection itself was sound: neither the network nor the Notification Service "
    "ended it.",
    remedy="Treat the outage of Finesse on this node: the finding about {why!t} tells how. Nothing "
    "has to be done about the connection, the desktop or the network.",
    reference="Cisco Finesse Administration Guide, Failover Mechanisms",
    needs=frozenset({Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(f"{_GONE}\n10.0 C> [fin]",),
    silent_on=(
        "@login\n9.0 C> [fin]",
        f"{_GONE}\n10.0 S> [rst]",
        f"{_GONE}\n90.0 C> [fin]",
        _GONE,
    ),
)
