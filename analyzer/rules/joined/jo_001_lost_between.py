"""Sent by one side, recorded there, and never seen at the other (RFC 9293 section 3.8.1)."""

from collections.abc import Iterator
from itertools import islice

from ...model.joined import Disagreement
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS, GIVEN_UP
from .sides import between, effect, places, told, words

_PING = "20.0 C> <iq xmlns='jabber:client' type='get' id='9'><ping xmlns='urn:xmpp:ping'/></iq>"
_EVENT = "20.0 S> <message xmlns='jabber:client'><body>one</body></message>"
_LOCKED = "@tls locked=no-keys alpn=http/1.1 cadence=10"


_UNANSWERED = ("CO-037", "FI-004", "FI-010", "OR-006", "OR-007", "OR-008", "OR-009", "OR-010")


def _check(session: Session) -> Iterator[Hit]:
    for one in islice(told(session, Disagreement.LEFT_NOT_ARRIVED), 1):
        yield Hit(places(one), words(one), effect=effect(session), party=between(session))


RULE = Rule(
    id="JO-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="What left the {sender!t} never reached the {receiver!t} ({unit!t}: {amount})",
    cause="Two recordings were made at the same time. The one at the {sender!t} shows what was "
    "sent, the other one ran on, has no hole there, and does not have it. So it was lost on its "
    "way to where the other one was made: at a firewall or NAT that had dropped the connection "
    "from its table, on a VPN or Wi-Fi that was interrupted, by a route that changed, in a proxy "
    "that hung. Where one is a HAR and the other a capture of the same PC, it never left the PC.",
    remedy="1. The evidence names what left the one side, and the last thing that had reached the "
    "other: give both times to those who run the network. 2. Capture once more, now on both sides "
    "of each device on the way (firewall, VPN gateway, load balancer): between the last capture "
    "that has these packets and the first that lacks them they are lost. 3. Firewall and NAT: "
    "session tables, idle timeouts (they should exceed the time between two pings by far), logs "
    "of that second.",
    reference="RFC 9293 §3.8.1; RFC 5382 §5",
    needs=frozenset({Needs.PACKETS}),
    explains=tuple(sorted({*ENDINGS, *GIVEN_UP, *_UNANSWERED})),
    check=_check,
    fires_on=(
        f"@login\n{_PING}\n50.0 C> [rst]\n@also\n@clock 4\n@login\n60.0 S> [rst]",
        f"@login\n60.0 C> [rst]\n@also\n@login\n{_EVENT}\n60.0 S> [rst]",
        f"@har\n@login\n{_PING}\n@until 60\n@also\n@login\n60.0 S> [rst]",
        f"{_LOCKED}\n@login\n{_PING}\n50.0 C> [rst]\n@also\n{_LOCKED}\n@login\n60.0 S> [rst]",
    ),
    silent_on=(
        "@login",
        f"@login\n{_PING}\n40.0 C> [fin]\n@also\n@clock 4\n@login\n{_PING}\n40.0 C> [fin]",
        f"@login\n{_PING}\n@also\n@login",
        f"@login\n{_PING}\n40.0 C> [fin]\n@also\n@login\n20.0 C> [gap 90]\n40.0 C> [fin]",
    ),
)
