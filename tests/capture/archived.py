"""Makes archives and folders of recordings, sound ones and others."""

import io
import tarfile
import zipfile
from collections.abc import Iterable

from tests.capture.har_written import GOOD
from tests.capture.written import START_S, pcap

HAR = GOOD.read_bytes()
PCAP = pcap([(START_S + index, bytes(60 + index)) for index in range(3)])
KEY_LINE = b"CLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48 + b"\n"


def zipped(files: dict[str, bytes]) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return octets.getvalue()


def tarred(
    files: dict[str, bytes],
    form: int = tarfile.PAX_FORMAT,
    others: Iterable[tuple[str, bytes]] = (),
) -> bytes:
    """A tar; `others` are members of other types, by name and type."""
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w", format=form) as made:
        for name, kind in others:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            made.addfile(info)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return octets.getvalue()
