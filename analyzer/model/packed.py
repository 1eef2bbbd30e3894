"""Stanzas of a long session, packed away until somebody shows them: a twentieth of their size."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import MsgspecError, msgpack
from msgspec.structs import replace

from .limits import REPORT_STANZA_OCTETS
from .xmpp import Stanza

ROWS: Final = 2_000
"""Stanzas in one pack: what is unpacked at a time."""

_MOST: Final = 256 << 20
"""Octets that one pack may unpack to; ours hold `ROWS` stanzas of at most 16 KiB of text."""

_encoder = msgpack.Encoder()
_decoder = msgpack.Decoder(tuple[Stanza, ...])


def pack(stanzas: Sequence[Stanza]) -> tuple[bytes, ...]:
    """Stanzas in packs of `ROWS`, their text cut down to what a report shows of one."""
    cut = [_cut(stanza) for stanza in stanzas]
    return tuple(
        zlib.compress(_encoder.encode(cut[at : at + ROWS]), 1) for at in range(0, len(cut), ROWS)
    )


def unpack(packs: Sequence[bytes]) -> Iterator[Stanza]:
    """
    The stanzas of packs in order; one pack at a time is in memory.

    Raises:
        ValueError: A pack is not one of ours.
    """
    for one in packs:
        unzip = zlib.decompressobj()
        try:
            stanzas = _decoder.decode(unzip.decompress(one, _MOST))
        except (zlib.error, MsgspecError) as error:
            raise ValueError(f"not packed stanzas: {error}") from None
        yield from stanzas


def _cut(stanza: Stanza) -> Stanza:
    octets = stanza.octets[:REPORT_STANZA_OCTETS]
    return stanza if len(octets) == len(stanza.octets) else replace(stanza, octets=octets)
