"""A capture in which the client did not get past DNS (RFC 1035)."""

import re
from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole
from .lookups import in_words, never_resolved

_SERVICE = re.compile(r"finesse|xmpp|jabber|openfire|u?ccx|ucce|pcce")  # as people name it
_BACKGROUND = re.compile(r"wpad|isatap|.*\.(?:local|arpa)|_.*|[^.]*")
"""Names that nobody expects to be resolved: browsers and systems try them."""


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is None or recording.sessions:
        return
    failed = [
        one
        for one in never_resolved(packets.resolutions)
        if _SERVICE.search(one.name)
        or (not packets.connections and not _BACKGROUND.fullmatch(one.name))
    ]
    if failed:
        first = min(failed, key=lambda one: not _SERVICE.search(one.name))
        values: dict[str, Value] = {
            "name": first.name,
            "error": in_words(first),
            "resolver": first.server,
            "client": first.client,
            "count": len({one.name for one in failed}),
        }
        yield Hit((first.answered or first.asked or whole(recording),), values)


RULE = Rule(
    id="CO-034",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.NETWORK,
    title="{client} got no address for {name} ({error!t}), and no session came about",
    cause="{resolver} was asked and did not help: NXDOMAIN, there is no such name; SERVFAIL or no "
    "answer, that server cannot ask on, or is not reached; REFUSED, it does not serve this client. "
    "So no connection was even tried. Usual reasons: the record is missing, the PC asks another "
    "DNS server than it should (home office without VPN, public DNS), or an internal host name "
    "reaches agents outside. Names without an address in this capture: {count}.",
    remedy="1. On the agent's PC: nslookup {name}; and again with the company's DNS server as a "
    "second argument. 2. If only the second works, correct the PC's DNS (VPN, DHCP). 3. If neither "
    "does, add the A record. 4. No answer at all: open port 53 to {resolver} from that network.",
    reference="RFC 1035 §4.1.1; RFC 8499 §3",
    needs=frozenset({Needs.PACKETS}),
    explains=("CQ-010",),
    check=_check,
    fires_on=(
        "@packets\n@dns 0 fin1.example.test NXDOMAIN",
        "@packets\n@dns 0 wpad.example.test NOERROR\n@dns 0 agents.example.test none",
        """
        @url ws://a.test:9999/ws/
        @dns 0 finesse.example.test SERVFAIL
        @no-connect silent
        """,
    ),
    silent_on=(
        "@packets",
        "@packets\n@dns 0 wpad NXDOMAIN\n@dns 0 pc.local none",
        "@packets\n@dns 0 finesse.example.test NXDOMAIN\n@dns 1 finesse.example.test 192.0.2.1",
        """
        @url ws://a.test:9999/ws/
        @dns 0 tracker.example.test NXDOMAIN
        @no-connect silent
        """,
        "@dns 0 finesse.example.test NXDOMAIN\n@login",
        "@har",
    ),
)
