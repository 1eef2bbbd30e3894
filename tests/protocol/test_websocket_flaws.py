"""What breaks RFC 6455 in a single frame."""

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.source import Direction
from analyzer.model.websocket import Frame
from analyzer.protocol.websocket_flaws import (
    close_flaws,
    flaw,
    flaws_of,
    regular_first_octets,
)
from tests.protocol.wire import KEY, C, S, source


def frame(
    opcode: int = 1,
    payload: bytes = b"",
    *,
    direction: Direction = S,
    fin: bool = True,
    rsv: int = 0,
    key: bytes | None = None,
    form: int = 7,
    length: int | None = None,
) -> Frame:
    return Frame(
        direction=direction,
        opcode=opcode,
        fin=fin,
        rsv=rsv,
        masking_key=key,
        length_form=form,
        length=len(payload) if length is None else length,
        payload=payload,
        offset=0,
        source=source(1),
    )


def found(
    one: Frame, *, compressed: bool = False
) -> list[tuple[AnomalyCode, dict[str, str | int]]]:
    return [(anomaly.code, anomaly.values) for anomaly in flaws_of(one, compressed=compressed)]


def test_a_flaw_has_its_place() -> None:
    made = flaw(AnomalyCode.WS_OPCODE, frame(3, b"ab"), opcode=3)
    assert (made.direction, made.length, made.source) == (S, 2, source(1))


@pytest.mark.parametrize("opcode", range(16))
@pytest.mark.parametrize("rsv", range(8))
@pytest.mark.parametrize("fin", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
def test_what_breaks_nothing_begins_regularly(
    opcode: int, rsv: int, fin: bool, compressed: bool
) -> None:
    first = fin << 7 | rsv << 4 | opcode
    regular = first in regular_first_octets(compressed=compressed)
    assert regular is (found(frame(opcode, fin=fin, rsv=rsv), compressed=compressed) == [])


def test_masks() -> None:
    assert found(frame(direction=C)) == [(AnomalyCode.WS_UNMASKED, {})]
    assert found(frame(key=KEY)) == [(AnomalyCode.WS_MASKED, {})]
    assert found(frame(direction=C, key=KEY)) == []


def test_reserved_bits() -> None:
    assert found(frame(rsv=4)) == [(AnomalyCode.WS_RSV, {"rsv": 4})]
    assert found(frame(rsv=6), compressed=True) == [(AnomalyCode.WS_RSV, {"rsv": 6})]
    assert found(frame(0, rsv=4), compressed=True) == [(AnomalyCode.DEFLATE_RSV1, {"opcode": 0})]
    assert found(frame(9, rsv=4), compressed=True) == [(AnomalyCode.DEFLATE_RSV1, {"opcode": 9})]


def test_reserved_opcodes() -> None:
    assert found(frame(3)) == [(AnomalyCode.WS_OPCODE, {"opcode": 3})]
    assert found(frame(11)) == [(AnomalyCode.WS_OPCODE, {"opcode": 11})]


@pytest.mark.parametrize(
    ("form", "length", "minimal"),
    [(7, 0, True), (16, 125, False), (16, 126, True), (64, 65535, False), (64, 65536, True)],
)
def test_the_shortest_length_form(form: int, length: int, minimal: bool) -> None:
    expected = [] if minimal else [(AnomalyCode.WS_LENGTH, {"bits": form, "length": length})]
    assert found(frame(form=form, length=length)) == expected


def test_control_frames() -> None:
    assert found(frame(9, fin=False)) == [(AnomalyCode.WS_CONTROL_FRAGMENTED, {"opcode": 9})]
    assert found(frame(10, form=16, length=126)) == [
        (AnomalyCode.WS_CONTROL_LENGTH, {"opcode": 10, "length": 126})
    ]


VALID = (1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999)
INVALID = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)


@pytest.mark.parametrize("code", VALID)
def test_close_codes_that_may_be_sent(code: int) -> None:
    assert close_flaws(frame(8, code.to_bytes(2, "big") + "Ende \u00fc".encode())) == []


@pytest.mark.parametrize("code", INVALID)
def test_close_codes_that_may_not_be_sent(code: int) -> None:
    (anomaly,) = close_flaws(frame(8, code.to_bytes(2, "big")))
    assert (anomaly.code, anomaly.values) == (AnomalyCode.WS_CLOSE_CODE, {"close_code": code})


def test_close_bodies() -> None:
    assert close_flaws(frame(8)) == []
    (anomaly,) = close_flaws(frame(8, b"\x03"))
    assert anomaly.code is AnomalyCode.WS_CLOSE_BODY
    (anomaly,) = close_flaws(frame(8, b"\x03\xe8ab\xff"))
    assert (anomaly.code, anomaly.values) == (AnomalyCode.WS_CLOSE_REASON, {"offset": 2})
