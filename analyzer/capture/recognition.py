"""Say of a file by its first octets what it is, before the rest has come."""

from ..model.errors import CaptureError
from ..model.recording import InputKind
from .archive import WRAPPINGS, bare, utf_16
from .har_split import is_har
from .refusal import reason
from .signature import UTF_16, Look, look

HEAD_OCTETS = 32 << 10
"""Octets by which a file is told; those of an ERF need so many."""

REASON_OCTETS = 4 << 10
"""Octets by which it is told what a file is that is of no use."""

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
    inside = bare(head)
    packed = inside is not head
    whole = whole and len(inside) <= HEAD_OCTETS
    octets = inside[:HEAD_OCTETS]
    kind = _KINDS.get(look(octets, name, whole=whole))
    if kind is None:
        kind = _by_its_text(octets, name, whole=whole)
    return InputKind.PACKED if packed and kind is not InputKind.ARCHIVE else kind


def _by_its_text(octets: bytes, name: str, *, whole: bool) -> InputKind:
    """
    What has no signature: a HAR that begins as few do, or nothing of use.

    Raises:
        CaptureError: The latter.
    """
    if any(wrapping.magic.match(octets) for wrapping in WRAPPINGS):
        # What is in it shows only behind these octets, or it is damaged.
        return InputKind.PACKED
    if UTF_16.match(octets):
        octets = octets.decode(utf_16(octets), "replace").encode("utf-8", "replace")
    if is_har(octets):
        return InputKind.HAR
    if not whole and octets.lstrip()[:1] in (b"", b"{", b"["):
        # A HAR may begin with anything that JSON allows.
        return InputKind.OTHER
    raise CaptureError(name, reason(octets[:REASON_OCTETS], name))
