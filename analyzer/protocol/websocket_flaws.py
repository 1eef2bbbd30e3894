"""What breaks RFC 6455 in a single frame."""

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.source import Direction
from ..model.websocket import Frame, Opcode

_KNOWN = frozenset(Opcode)
_WIRE_CODES = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
"""Close codes that may be sent (RFC 6455 section 7.4 and the registry of section 11.7)."""


SHORTEST = {7: 0, 16: 126, 64: 1 << 16}
"""The least length that each number of bits is for (RFC 6455 section 5.2)."""


def regular_first_octets(*, compressed: bool) -> frozenset[int]:
    """First octets of frames that break nothing; with RSV1 where messages may be compressed."""
    data = {0x00, 0x01, 0x02, 0x80, 0x81, 0x82}
    return frozenset(
        data | {0x88, 0x89, 0x8A} | ({0x41, 0x42, 0xC1, 0xC2} if compressed else set())
    )


def flaws_of(frame: Frame, *, compressed: bool) -> list[Anomaly]:
    """
    What is wrong with a frame by itself.

    Args:
        frame: The frame.
        compressed: Whether messages may be compressed.
    """
    found: list[Anomaly] = []
    opcode, rsv, length = frame.opcode, frame.rsv, frame.length

    def add(code: AnomalyCode, **values: str | int) -> None:
        found.append(flaw(code, frame, **values))

    if frame.direction is Direction.TO_SERVER and frame.masking_key is None:
        add(AnomalyCode.WS_UNMASKED)
    if frame.direction is Direction.TO_CLIENT and frame.masking_key is not None:
        add(AnomalyCode.WS_MASKED)
    if rsv & 3 or (rsv and not compressed):
        add(AnomalyCode.WS_RSV, rsv=rsv)
    elif rsv and opcode not in {Opcode.TEXT, Opcode.BINARY}:
        # RFC 7692 section 6.1: only the first frame of a message has RSV1.
        add(AnomalyCode.DEFLATE_RSV1, opcode=opcode)
    if opcode not in _KNOWN:
        add(AnomalyCode.WS_OPCODE, opcode=opcode)
    if length < SHORTEST[frame.length_form]:
        add(AnomalyCode.WS_LENGTH, bits=frame.length_form, length=length)
    if opcode >= 8 and not frame.fin:
        add(AnomalyCode.WS_CONTROL_FRAGMENTED, opcode=opcode)
    if opcode >= 8 and length > 125:
        add(AnomalyCode.WS_CONTROL_LENGTH, opcode=opcode, length=length)
    return found


def close_flaws(frame: Frame) -> list[Anomaly]:
    """What is wrong with the body of a Close frame (RFC 6455 sections 5.5.1 and 7.4)."""
    payload = frame.payload
    if not payload:
        return []
    if len(payload) == 1:
        return [flaw(AnomalyCode.WS_CLOSE_BODY, frame, octets=1)]
    found = []
    code = int.from_bytes(payload[:2], "big")
    if code not in _WIRE_CODES:
        found.append(flaw(AnomalyCode.WS_CLOSE_CODE, frame, close_code=code))
    try:
        payload[2:].decode()
    except UnicodeDecodeError as error:
        found.append(flaw(AnomalyCode.WS_CLOSE_REASON, frame, offset=error.start))
    return found


def flaw(code: AnomalyCode, frame: Frame, **values: str | int) -> Anomaly:
    """An anomaly of a frame."""
    return Anomaly(
        code=code,
        values=values,
        direction=frame.direction,
        length=frame.length,
        source=frame.source,
    )
