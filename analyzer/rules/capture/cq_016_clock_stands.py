"""A capture without a clock: every packet has the same time."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepStatus

_MANY = 8
"""Stanzas: some may come within the resolution of a clock, questions and answers may not."""


_OPEN = "0 {}> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>\n"
_PRESENCE = "0 C> <presence xmlns='jabber:client'/>\n"


def _check(session: Session) -> Iterator[Hit]:
    stanzas = session.stanzas
    if len(stanzas) < _MANY or stanzas[0].source.time_ns != stanzas[-1].source.time_ns:
        return
    if len({stanza.direction for stanza in stanzas}) > 1:
        judged = all(step.status is not StepStatus.NOT_CAPTURED for step in session.steps)
        effect = Effect.NONE if judged and session.close.orderly else Effect.BLINDS
        places = (stanzas[0].source, stanzas[-1].source)
        yield Hit(places, {"count": len(stanzas)}, effect=effect)


RULE = Rule(
    id="CQ-016",
    severity=Severity.WARNING,
    title="The clock of this capture stands still: no silence and no delay can be seen",
    cause="All {count} stanzas of this session have one and the same time. The capture lost its "
    "clock: times were taken out before it was passed on (anonymised), it was put together from "
    "a hex dump, or the device that captured has no clock. What was said can be judged, and in "
    "which order; how long it took, whether pings came in time and when the session fell silent "
    "cannot.",
    remedy="Get the capture as it was recorded, with its times. Where they were taken out on "
    "purpose, ask for a copy whose times are only shifted (editcap -t SECONDS), which keeps the "
    "distances.",
    reference="Wireshark User's Guide, editcap",
    needs=frozenset({Needs.MESSAGES, Needs.PACKETS}),
    check=_check,
    fires_on=(f"{_OPEN.format('C')}{_OPEN.format('S')}" + _PRESENCE * 8,),
    silent_on=("@login", _PRESENCE * 8, f"{_OPEN.format('C')}{_OPEN.format('S')}"),
)
