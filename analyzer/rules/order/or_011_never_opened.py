"""A WebSocket on which the client never opened the stream (RFC 7395 section 3.4)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ..consequences import ENDINGS
from ..evidence import beginning
from ..progress import never_asked, seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    if session.stanzas or never_asked(session, StepName.OPEN) is None:
        return
    begun = beginning(session)
    yield Hit((begun,), {"waited_s": seconds(until_end(session, begun))})


RULE = Rule(
    id="OR-011",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The client opened a WebSocket and then never spoke",
    cause="The upgrade succeeded, but in {waited_s} s the client sent no <open/>. The page was "
    "closed or reloaded right then, its script failed (a JavaScript error in a gadget stops the "
    "desktop too), or a middlebox lets the upgrade through and swallows what follows.",
    remedy="Look at the browser's console at this time for JavaScript errors, and try once in a "
    "private window without extensions. If the console is clean, capture on the PC and on the "
    "Finesse node at the same time (utils network capture file packetcapture count 100000 size all "
    "host ip CLIENT): data on the PC that never reaches the node points to a proxy, VPN or "
    "anti-virus between them.",
    reference="RFC 7395 §3.4",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=ENDINGS,
    check=_check,
    fires_on=("@login until=upgrade\n30.0 C> [fin]",),
    silent_on=("@login", "@no-upgrade 403 Forbidden"),
)
