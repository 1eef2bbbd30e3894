"""
Read pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each with its length at both ends.

The chain: `block_chain.py`; packets: `packet_blocks.py`; all other blocks: `blocks.py`.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.limits import (
    COMMENT_OCTETS,
    COMMENTS,
    KEY_LOG_OCTETS,
    PACKET_OPTIONS,
    WINDOW_OCTETS,
)
from ..model.packet import Int64, PacketWindow
from ..model.recording import PacketFacts
from . import blocks, keylog
from .block_chain import BlockChain
from .defects import Defects
from .keys_ahead import last_keys
from .packet_blocks import PacketBlocks
from .walk import STRIPE_OCTETS, walk
from .window import Buffer, Stretch, Tally, windows


class PcapngReader:
    """
    A pcapng as windows of packets.

    Attributes:
        key_log: TLS key logs of its Decryption Secrets Blocks and in its comments. They are all
            there before the first window, but for those in comments of packets far behind.
    """

    def __init__(self, data: Buffer, last_keys: int | None = None) -> None:
        """
        Take the whole file.

        Args:
            data: Begins with `MAGIC`.
            last_keys: What `keys_ahead.last_keys` says of it, where that is known.
        """
        self.key_log: list[bytes] = []
        self._last_keys = last_keys
        self._scouted = 0
        self._data = data
        self._defects = Defects()
        self._tally = Tally()
        self._blocks = BlockChain(data)
        self._comments: list[str] = []
        self._key_blocks = 0
        self._key_octets = 0
        self._snaplen: int | None = None
        self._packet_drops: int | None = None
        self._interface_drops: dict[tuple[int, int], int] = {}
        self._section = 0

    @property
    def anomalies(self) -> list[Anomaly]:
        """Damage met so far."""
        return self._defects.anomalies

    def windows(self) -> Iterator[PacketWindow]:
        """Packets in the order of the file."""
        self.scout()
        return windows(self._data, self._stretches(), self._tally)

    def scout(self) -> None:
        """Read ahead to the last block with keys, for the packets before it need them."""
        last = last_keys(self._data) if self._last_keys is None else self._last_keys
        if last < 0 or self._scouted:
            return
        scout = PcapngReader(self._data)
        self._scouted = len(self._data)
        for stretch in scout._stretches():
            if stretch.end > last:
                self._scouted = stretch.end
                break
        self.key_log = scout.key_log
        self._key_octets = scout._key_octets
        limits = (a for a in scout.anomalies if a.values.get("limit") == "KEY_LOG_OCTETS")
        self._defects.anomalies.extend(limits)

    def facts(self) -> PacketFacts:
        """What is known of the capture, once `windows` is exhausted."""
        drops = [sum(self._interface_drops.values())] if self._interface_drops else []
        if self._packet_drops is not None:
            drops.append(self._packet_drops)
        return PacketFacts(
            packets=self._tally.packets,
            cut=self._tally.cut,
            snaplen=self._snaplen,
            dropped=max(drops, default=None),
            key_blocks=self._key_blocks,
            first_ns=self._tally.first_ns,
            last_ns=self._tally.last_ns,
            steps_back=self._tally.steps_back,
            comments=tuple(self._comments),
        )

    def _stretches(self) -> Iterator[Stretch]:
        end = len(self._data)
        at, span = 0, STRIPE_OCTETS
        while at < end:
            header = self._blocks.section_header(at)
            if header:
                self._begin_section(at, header)
                at += header
                continue
            until = min(at + span, end)
            positions, stop = walk(self._blocks, at, until)
            if len(positions):
                yield from self._read(positions, stop)
            if stop >= until:
                at, span = stop, min(span * 2, WINDOW_OCTETS)
            elif self._blocks.section_header(stop):
                at, span = stop, STRIPE_OCTETS
            else:
                at, span = self._pass_damage(stop), STRIPE_OCTETS

    def _pass_damage(self, at: int) -> int:
        resumed = self._blocks.resume(at + 1)
        cut = resumed == len(self._data) and self._blocks.runs_over_the_end(at)
        code = AnomalyCode.TRUNCATED if cut else AnomalyCode.DAMAGED
        self._defects.add(code, resumed - at, offset=at, octets=resumed - at)
        return resumed

    def _begin_section(self, at: int, length: int) -> None:
        self._section += 1
        self._blocks.begin_section(at)
        self._note_comments(at, bytes(self._data[at : at + length]), 24)

    def _read(self, positions: Int64, end: int) -> Iterator[Stretch]:
        """Columns of the packets among blocks, once the other blocks are read."""
        heads = self._blocks.heads(positions)
        kinds = heads[:, 0]
        if (kinds == blocks.ENHANCED_PACKET).all():
            yield from self._packets(positions, heads, end)
            return
        packet = np.isin(kinds, blocks.PACKETS)
        for at, kind, length in zip(
            positions[~packet].tolist(),
            kinds[~packet].tolist(),
            heads[~packet, 1].tolist(),
            strict=True,
        ):
            self._note(kind, at, length)
        if packet.any():
            yield from self._packets(positions[packet], heads[packet], end)

    def _note(self, kind: int, at: int, length: int) -> None:
        """Take in a block without a packet; an unknown kind is passed over."""
        if kind == blocks.INTERFACE:
            block = bytes(self._data[at : at + length])
            self._blocks.interfaces.append(blocks.interface(block, self._blocks.order))
            self._note_comments(at, block, 16)
        elif kind == blocks.INTERFACE_STATISTICS:
            block = bytes(self._data[at : at + length])
            number, count = blocks.dropped(block, self._blocks.order)
            if count is not None:
                # The counts run from the start of the capture: the last one is the sum.
                self._interface_drops[self._section, number] = count
        elif kind == blocks.DECRYPTION_SECRETS:
            self._key_blocks += 1
            kind, content = blocks.secrets(bytes(self._data[at : at + length]), self._blocks.order)
            if kind == blocks.TLS_KEY_LOG:
                self._keep_keys(at, content)

    def _keep_keys(self, at: int, content: bytes) -> None:
        """Keep a key log, unless the scout has brought it."""
        if at < self._scouted:
            return
        self._key_octets += len(content)
        if self._key_octets > KEY_LOG_OCTETS:
            self._defects.add(AnomalyCode.LIMIT, limit="KEY_LOG_OCTETS", value=KEY_LOG_OCTETS)
            return
        self.key_log.append(content)

    def _note_comments(self, at: int, block: bytes, skip: int) -> None:
        for code, value in blocks.options(block, self._blocks.order, skip):
            if code == blocks.COMMENT:
                self._note_comment(at, value)

    def _note_comment(self, at: int, value: bytes) -> None:
        if any(True for _ in keylog.secrets(value)):
            # Keys are used, but not shown.
            self._keep_keys(at, value)
            value = b"(a TLS key log)"
        if len(self._comments) == COMMENTS:
            self._defects.add(AnomalyCode.LIMIT, limit="COMMENTS", value=COMMENTS)
            return
        if len(value) > COMMENT_OCTETS:
            self._defects.add(AnomalyCode.LIMIT, limit="COMMENT_OCTETS", value=COMMENT_OCTETS)
        # Some writers end the string with a NUL, which section 3.5.1 says is not part of it.
        text = value[:COMMENT_OCTETS].rstrip(b"\0").decode("utf-8", "replace")
        self._comments.append(text)

    def _packets(self, positions: Int64, heads: NDArray[np.uint32], end: int) -> Iterator[Stretch]:
        """Columns of packet blocks; those that contradict themselves are damage."""
        packets = PacketBlocks(positions, heads, self._blocks)
        sane = packets.sane()
        if not sane.all():
            wrong = zip(positions[~sane].tolist(), heads[~sane, 1].tolist(), strict=True)
            for at, length in wrong:
                self._defects.add(AnomalyCode.DAMAGED, length, offset=at, octets=length)
            positions, heads = positions[sane], heads[sane]
            if not len(positions):
                return
            packets = PacketBlocks(positions, heads, self._blocks)
        self._note_packet_options(packets)
        snaplen = packets.smallest_snaplen()
        if snaplen:
            self._snaplen = min(snaplen, self._snaplen or snaplen)
        yield packets.stretch(end)

    def _note_packet_options(self, packets: PacketBlocks) -> None:
        """Comments and drop counts of packets; all packets take a step per option together."""
        at, end = packets.options()
        comments: list[tuple[int, int]] = []
        drops = packets.obsolete_drops()
        for _ in range(PACKET_OPTIONS):
            more = at + 4 <= end
            at, end = at[more], end[more]
            if not len(at):
                break
            code, length = self._blocks.option_heads(at)
            fits = (code != blocks.END_OF_OPTIONS) & (at + 4 + length <= end)
            at, end, code, length = at[fits], end[fits], code[fits], length[fits]
            noted = code == blocks.COMMENT
            comments += zip(at[noted].tolist(), length[noted].tolist(), strict=True)
            counted = at[(code == blocks.EPB_DROPCOUNT) & (length == 8)] + 4
            drops += self._blocks.quads(counted)
            at = at + 4 + length + -length % 4
        else:
            if (at + 4 <= end).any():
                limit = PACKET_OPTIONS
                self._defects.add(AnomalyCode.LIMIT, limit="PACKET_OPTIONS", value=limit)
        if drops:
            self._packet_drops = (self._packet_drops or 0) + sum(drops)
        for start, octets in sorted(comments):
            self._note_comment(start, bytes(self._data[start + 4 : start + 4 + octets]))
