"""Something else than a WebSocket brings the news: a fall-back, or the client's own way."""

from collections.abc import Iterator

from ...model.network import RealTime, RealTimeUse
from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Carrier

_OTHERS = (RealTime.BOSH, RealTime.LONG_POLLING, RealTime.SHORT_POLLING, RealTime.SSE)

_SOON_NS = 60_000_000_000
"""Who falls back does so at the next try."""


def _check(recording: Recording) -> Iterator[Hit]:
    uses, profile = recording.realtime, recording.profile
    if profile is not None and not profile.accepts(Carrier.WEBSOCKET.value):
        return  # up to 11.6 nobody wants one
    for other in uses:
        if other.kind not in _OTHERS:
            continue
        vain = next((use for use in uses if _led_to(use, other)), None)
        if vain is not None:
            values: dict[str, Value] = {
                "transport": other.kind.value,
                "url": other.url,
                "refused": vain.url,
                "count": vain.refused,
            }
            yield Hit((other.source, vain.source), values)
            return


def _led_to(vain: RealTimeUse, other: RealTimeUse) -> bool:
    """A socket that never came about, by the same client just before."""
    if vain.kind is not RealTime.WEBSOCKET or vain.requests or vain.client != other.client:
        return False
    if vain.first_ns is None or other.first_ns is None or vain.last_ns is None:
        return False
    return vain.first_ns <= other.first_ns <= vain.last_ns + _SOON_NS


RULE = Rule(
    id="CO-009",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="The client fell back from WebSocket to {transport!t}",
    cause="It asked for a WebSocket at {refused} and did not get one ({count} refused); from then "
    "on its news came by {transport!t} ({url}). That works, later and with more load on every "
    "server and proxy in between, and hides the real fault: something on the way lets no WebSocket "
    "through.",
    remedy="1. Look at the answer to the upgrade: who gave it, with which status; that is the "
    "fault to repair. 2. Have the proxy pass Upgrade and Connection with HTTP/1.1 to the server, "
    "and leave /ws/ uninspected. 3. From 12.0 on the desktop itself uses WebSocket only: a client "
    "that falls back is an older desktop or a custom one (XMPP library in its page).",
    reference="XEP-0124 §4; RFC 6455 §4.2.2; Cisco DevNet, Finesse: FAQ",
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 403 Forbidden
        @connection 1
        @bosh
        @login
        """,
    ),
    silent_on=(
        "@login",
        "@har\n@login",
        "@har\n@no-upgrade 403 Forbidden",
        "@profile finesse-11\n@har\n@no-upgrade 403 Forbidden\n@connection 1\n@bosh\n@login",
        "@bosh\n@login",
    ),
)
