"""An end of the connection that each side lays to the other (RFC 9293 section 3.10.7.4)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.joined import Disagreement
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .sides import between, effect, places, told


def _check(session: Session) -> Iterator[Hit]:
    for one in told(session, Disagreement.END):
        values: dict[str, Value] = {
            "server": session.server,
            "how": session.close.tcp or "closed",
            "seen": "on both sides" if one.other is not None else "on one side only",
        }
        hit = Hit(places(one), values, effect=effect(session), party=between(session))
        if session.close.orderly:
            # Behind a good-bye it harms nobody.
            hit = replace(hit, effect=Effect.NONE, severity=Severity.INFO)
        yield hit


RULE = Rule(
    id="JO-003",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The connection to {server} was cut between client and server ({how!t}, seen {seen!t})",
    cause="Both ends were captured at the same time, and each sees the other one ending the "
    "connection, or only one sees an end at all. Neither of them did it: a device in between "
    "did, in the name of the other. Firewalls, intrusion prevention, VPN gateways and load "
    "balancers send such a reset when a timeout has passed or a policy says so; a proxy closes "
    "both its sides.",
    remedy="1. Look at the time to live (Wireshark: ip.ttl) of the packets that prove it: "
    "another value than in those before shows that another device sent it, and how far away. 2. "
    "Logs and idle timeouts of all that stands in between, at that second. 3. Capture on both "
    "sides of each: where the direction of the end changes, there it was sent.",
    reference="RFC 9293 §3.5.2, §3.10.7.4",
    needs=frozenset({Needs.PACKETS}),
    explains=tuple(sorted(ENDINGS)),
    check=_check,
    fires_on=(
        "@login\n40.0 S> [rst]\n@also\n@clock 2\n@login\n40.0 C> [rst]",
        "@login\n40.0 S> [rst]\n@also\n@login\n@until 60",
        "@login\n@until 60\n@also\n@login\n40.0 C> [fin]",
        """
        @login
        30.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        40.0 S> [rst]
        @also
        @login
        30.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        40.0 C> [rst]
        """,
    ),
    silent_on=(
        "@login\n40.0 S> [rst]",
        "@login\n40.0 S> [rst]\n@also\n@login\n40.0 S> [rst]",
        "@login\n40.0 S> [rst]\n@also\n@login\n@until 40",
        "@har\n@login\n40.0 S> [rst]\n@also\n@login\n40.0 S> [rst]",
    ),
)
