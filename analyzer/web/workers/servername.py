"""The name of a server, by which it knows its own jobs again after it died."""

import os
import secrets
from pathlib import Path


def server_name(data: Path) -> str:
    """
    Read the name of the server whose folder this is; made where there is none.

    No other server has it: names are random, and a data folder is held by one server at a time.

    Args:
        data: Folder of the server.

    Raises:
        OSError: It can be neither read nor written.
    """
    path = data / "server"
    try:
        name = path.read_text("ascii").strip()
    except FileNotFoundError:
        name = ""
    if not name:
        name = secrets.token_hex(8)
        fresh = path.with_suffix(".new")
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(opened, "w", encoding="ascii") as file:  # noqa: PTH123 - of a descriptor
            file.write(f"{name}\n")
            file.flush()
            os.fsync(opened)
        fresh.replace(path)
    return name
