"""Packed stanzas come out as they went in."""

import zlib

import pytest

from analyzer.model.limits import REPORT_STANZA_OCTETS
from analyzer.model.packed import ROWS, pack, unpack
from analyzer.model.source import Direction, HarSource
from analyzer.model.xmpp import Ping, Stanza, StanzaKind


def stanza(number: int, octets: bytes = b"<iq/>") -> Stanza:
    return Stanza(
        direction=Direction.TO_SERVER,
        kind=StanzaKind.IQ,
        octets=octets,
        source=HarSource(0, 0, number, number),
        payload=Ping(),
    )


def test_what_is_packed_is_unpacked_in_order() -> None:
    stanzas = tuple(stanza(number) for number in range(ROWS + 7))
    packs = pack(stanzas)
    assert len(packs) == 2
    assert tuple(unpack(packs)) == stanzas
    assert tuple(unpack(packs[1:])) == stanzas[ROWS:]


def test_nothing_packs_into_nothing() -> None:
    assert pack(()) == ()
    assert tuple(unpack(())) == ()


def test_long_text_is_cut_to_what_a_report_shows() -> None:
    (cut,) = unpack(pack([stanza(0, b"x" * (REPORT_STANZA_OCTETS + 1))]))
    assert len(cut.octets) == REPORT_STANZA_OCTETS


@pytest.mark.parametrize(
    "octets", [b"", b"x", zlib.compress(b"x"), zlib.compress(b"\x91\x80")], ids=range(4)
)
def test_what_is_no_pack_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match="not packed stanzas"):
        tuple(unpack([octets]))
