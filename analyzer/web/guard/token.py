"""The secrets of a server: the token that lets people and programs in, and a key to sign with."""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from msgspec import Struct

from ...model.errors import UsageError
from ..settings import Settings

SHORTEST = 16
"""Characters of a token that somebody chose."""

ALPHABET = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What fits behind `Authorization: Bearer` (RFC 6750 section 2.1)."""


class Secrets(Struct, frozen=True, kw_only=True):
    """
    What a server must not tell.

    Attributes:
        token: Lets people and programs in.
        key: Signs cookies and forms.
    """

    token: str
    key: bytes

    def __repr__(self) -> str:
        """Nothing of it, so that no log line and no exception can show it."""
        return "Secrets()"


def load_secrets(data: Path, given_token: str) -> Secrets:
    """
    Read the secrets of a data folder; what is not there yet is made and kept.

    Args:
        data: Folder of the server; made if it is not there, and closed to other users.
        given_token: Token that was chosen; empty: the one of the folder.

    Raises:
        UsageError: The token does not fit, or the folder cannot be used.
    """
    if given_token and len(given_token) < SHORTEST:
        raise UsageError(f"a token needs {SHORTEST} characters at least")
    if given_token and not ALPHABET.fullmatch(given_token):
        raise UsageError("a token is made of letters, digits and -._~+/ only")
    try:
        own(data)
        token = given_token or kept(data / "token")
        key = kept(data / "key").encode()
    except OSError as error:
        raise UsageError(f"{error.filename or data}: {error.strerror or error}") from None
    return Secrets(token=token, key=key)


OURS = ("key", "token", "stanzascope.sqlite")
"""Files of which one stands in the data folder of every server that ever started."""


def own(data: Path) -> None:
    """
    Make the data folder, or close that of an earlier start to other users.

    Raises:
        OSError: It cannot be made or read.
        UsageError: It is somebody else's: files in it would be taken for ours, and swept away.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = {path.name for path in data.iterdir()}
    if found and found.isdisjoint(OURS):
        raise UsageError(f"{data} holds other things; give a folder of its own by --data")
    data.chmod(0o700)


def kept(path: Path) -> str:
    """
    Read a secret of its own file; made from 32 random octets if there is none.

    Raises:
        OSError: The file can be neither read nor made, or it is a link.
        UsageError: It holds no secret.
    """
    if not path.is_symlink() and not path.exists():
        make(path)
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(opened, "rb") as file:  # noqa: PTH123 - of a descriptor
        os.fchmod(opened, 0o600)
        text = file.read(1024).decode("ascii", "replace").strip()
    if len(text) < SHORTEST or not ALPHABET.fullmatch(text):
        raise UsageError(f"{path} holds no secret; delete it, and a new one is made")
    return text


def make(path: Path) -> None:
    """Write a new secret, whole or not at all; who came first keeps theirs."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(opened, "wb") as file:  # noqa: PTH123 - of a descriptor
            file.write(secrets.token_urlsafe(32).encode() + b"\n")
            file.flush()
            os.fsync(opened)
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    finally:
        fresh.unlink()


def matches(given: str, settings: Settings) -> bool:
    """
    Tell whether this is the token, in a time that tells nothing of where they differ.

    No token matches where the server has none.
    """
    # Digests are of one length, so that not even the token's length shows.
    ours, theirs = (
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        for text in (settings.token, given)
    )
    return hmac.compare_digest(ours, theirs) and bool(settings.token)
