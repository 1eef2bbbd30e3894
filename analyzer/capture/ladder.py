"""
Read a ladder: a conversation written down line by line, as examples of rules are.

A ladder of packets becomes the octets that would have gone over the wire, so it climbs the same
floors as a capture; one of a HAR becomes the items that a HAR gives. For its notation see
ladder_text.py.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import fields, replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Item
from ..model.limits import LADDER_PACKETS
from ..model.recording import HarFacts, PacketFacts, Secret
from .ladder_har import HarLadder
from .ladder_packets import PacketLadder
from .ladder_text import parse

ORIGIN_NS = 1_767_600_000_000_000_000
"""Second 0 of every ladder: 2026-01-05 08:00:00 UTC."""


class LadderReader:
    """
    A ladder as items of its connections.

    Attributes:
        anomalies: Lines that mean nothing, and what the ladder says of its recording.
        secrets: Secrets outside of the messages, as the ladder says.
        is_har: It was recorded as a HAR.
        profile: The built-in profile that it names; empty: none.
    """

    def __init__(self, text: str, capture: int) -> None:
        """
        Take a ladder whole.

        Args:
            text: The ladder.
            capture: Index of the input.
        """
        script = parse(text)
        self.is_har = script.har
        self.profile = script.profile
        self.anomalies = [_damaged({"line": number}) for number in script.wrong]
        self.secrets: Counter[Secret] = Counter()
        self._ladder: HarLadder | PacketLadder
        self._har = HarFacts()
        self._packets: PacketFacts | None = None
        origin_ns = ORIGIN_NS + script.clock_ns
        if script.har:
            stated = self._stated(HarFacts, script.facts)
            told = replace(self._har, **stated)
            self._ladder = har = HarLadder(script, capture, origin_ns, told)
            self._har = replace(har.facts(), **stated)
        else:
            self._ladder = packets = PacketLadder(script, capture, origin_ns)
            self._packets = replace(packets.facts(), **self._stated(PacketFacts, script.facts))
        if self._ladder.is_cut:
            values: dict[str, str | int] = {"limit": "LADDER_PACKETS", "value": LADDER_PACKETS}
            self.anomalies.append(Anomaly(code=AnomalyCode.LIMIT, values=values))

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        """Number of a connection with its items, the last of which is its Connection."""
        return self._ladder.items()

    def facts(self) -> HarFacts:
        """The ladder as a HAR."""
        return self._har

    def packet_facts(self) -> PacketFacts | None:
        """The ladder as a packet capture; None for one of a HAR."""
        return self._packets

    def _stated(self, kind: type[Struct], facts: list[tuple[str, str]]) -> dict[str, Any]:
        """What `@recording` says of the facts; secrets and anomalies are counted apart."""
        types = {info.name: info.type for info in fields(kind)}
        stated: dict[str, Any] = {}
        for name, value in facts:
            try:
                if name == "anomaly":
                    self.anomalies.append(Anomaly(code=AnomalyCode(value)))
                elif name.startswith("secret."):
                    secret = Secret(name.removeprefix("secret.").replace("-", " "))
                    self.secrets[secret] += convert(value, int, strict=False)
                else:
                    stated[name] = convert(value, types[name], strict=False)
            except (KeyError, ValueError):
                self.anomalies.append(_damaged({"fact": name}))
        return stated


def _damaged(values: dict[str, str | int]) -> Anomaly:
    return Anomaly(code=AnomalyCode.DAMAGED, values=values)
