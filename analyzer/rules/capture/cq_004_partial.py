"""A recording that begins too late, or ends too early."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Carrier, CloseKind, Session, StepStatus
from ..evidence import beginning, ending
from ..progress import is_service, seconds
from ..stream_steps import LOGIN


def _check(session: Session) -> Iterator[Hit]:
    unseen = [
        step.name.value
        for step in session.steps
        if step.name in LOGIN and step.status is StepStatus.NOT_CAPTURED
    ]
    ended_early = session.close.kind is CloseKind.OPEN and not session.gaps
    hidden = session.carrier is Carrier.UNKNOWN and session.started_late
    upgraded = session.upgrade is not None and session.upgrade.accepted
    begun = bool(session.stanzas) or (upgraded and session.recorded_until_ns is not None)
    if unseen and (hidden or (begun and (session.started_late or ended_early))):
        place = beginning(session) if session.started_late else ending(session)
        part = "beginning" if session.started_late else "end"
        values: dict[str, Value] = {"part": part, "unseen": ", ".join(unseen)}
        hit = Hit((place,), {**values, "span_s": _span(session)})
        # Finesse's own connection, which lives for months, is nobody's login.
        quiet = replace(hit, severity=Severity.INFO, effect=Effect.NONE)
        yield quiet if is_service(session) else hit


def _span(session: Session) -> float:
    return seconds((session.ended_ns or 0) - (session.started_ns or 0))


RULE = Rule(
    id="CQ-004",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="The {part!t} of this session was not recorded: {unseen} cannot be judged",
    cause="The recording shows {span_s} s of a session whose {part!t} lies outside of it. "
    "beginning: the capture was started after the agent had logged in, so neither the login nor "
    "its faults can be in it (and no keys open the rest of an encrypted session: its handshake is "
    "missing). end: it was stopped, or the HAR exported, before the login was through or the fault "
    "had come.",
    remedy="1. Record again, whole: start the capture (or open DevTools) first, then log in, do "
    "what fails, wait until it has failed and 30 s more, then stop. 2. Note the wall-clock second "
    "of each action. 3. For a fault that comes after hours, have the capture write a ring of "
    "files: dumpcap -b filesize:100000 -b files:20, or on the node utils network capture-rotate.",
    reference="Cisco TAC document 201003",
    check=_check,
    fires_on=(
        "@login until=upgrade",
        """
        @late
        1.0 C> <iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>
        1.1 S> <iq xmlns='jabber:client' type='result' id='p'/>
        """,
        "@login until=open",
        """
        @har
        @login until=auth
        """,
        "@late\n@tls locked=no-handshake hello=no cadence=10\n@login\n@until 60",
    ),
    silent_on=(
        "@login",
        """
        @login until=auth
        60.0 C> [fin]
        """,
        "@no-upgrade 403 Forbidden",
    ),
)
