"""Say of a file by its first octets what it is, before the rest has come."""

from ..model.errors import CaptureError
from ..model.recording import InputKind
from .archive import WRAPPINGS, bare
from .har_split import is_har
from .refusal import reason
from .signature import UTF_16, Look, look

HEAD_OCTETS = 32 << 10
"""Octets by which a file is told; those of an ERF need so many."""

_KINDS = {
    Look.PACKETS: InputKind.PACKETS,
    Look.RECORDING: InputKind.HAR,
    Look.KEYS: InputKind.KEYS,
    Look.ZIP: InputKind.ARCHIVE,
    Look.TAR: InputKind.ARCHIVE,
}


def recognise(head: bytes, name: str, *, whole: bool = False) -> InputKind:
    """
    What a file seems to be.

    Args:
        head: Its first octets, `HEAD_OCTETS` of them where there are so many.
        name: What to call it.
        whole: They are all there are.

    Raises:
        CaptureError: It is certainly nothing to be analysed; says what it is, and what to do.
    """
    octets = bare(head)[:HEAD_OCTETS]
    packed = octets != head[:HEAD_OCTETS]
    kind = _KINDS.get(look(octets, name, whole=whole and not packed))
    if kind is not None:
        return InputKind.PACKED if packed and kind is not InputKind.ARCHIVE else kind
    if any(wrapping.magic.match(octets) for wrapping in WRAPPINGS):
        # What is in it shows only behind these octets, or it is damaged.
        return InputKind.PACKED
    if UTF_16.match(octets):
        octets = octets.decode("utf-16", "replace").encode("utf-8", "replace")
    if is_har(octets):
        return InputKind.HAR
    if not whole and octets.lstrip()[:1] in (b"", b"{", b"["):
        # A HAR may begin with anything that JSON allows.
        return InputKind.OTHER
    raise CaptureError(name, reason(octets, name))
