"""A WebSocket on which the client never opened the stream (RFC 7395 section 3.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ...model.source import Direction
from ..consequences import ENDINGS
from ..evidence import beginning
from ..progress import never_asked, seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    if session.stanzas or never_asked(session, StepName.OPEN) is None or not _is_xmpp(session):
        return
    begun = beginning(session)
    yield Hit((begun,), {"waited_s": seconds(until_end(session, begun))})


def _is_xmpp(session: Session) -> bool:
    """XMPP was agreed on, and nothing else was said in its place."""
    upgrade = session.upgrade
    said = session.frames.get(Direction.TO_SERVER)
    agreed = upgrade is not None and "xmpp" in (upgrade.subprotocol, *upgrade.offered)
    return agreed and (said is None or said.data == 0)


RULE = Rule(
    id="OR-011",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
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
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.WEBSOCKET}),
    explains=ENDINGS,
    check=_check,
    fires_on=("@login until=upgrade\n30.0 C> [fin]",),
    silent_on=(
        "@login",
        "0.0 C> [binary 00]\n9.0 C> [fin]",
        """
        @request Sec-WebSocket-Protocol:
        @response Sec-WebSocket-Protocol:
        9.0 C> [fin]
        """,
        "@no-upgrade 403 Forbidden",
    ),
)
