"""Files as people drop them: recordings of ours, larger, damaged, packed, or none at all."""

import json
import zipfile
from itertools import repeat
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"

GOOD = FIXTURES / "good-ws" / "session.har"
WRONG_PASSWORD = FIXTURES / "wrong-password" / "session.har"
FIREFOX = FIXTURES / "firefox-good-ws" / "session.har"
ENCRYPTED = FIXTURES / "good-wss-tls13"

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def large(to: Path, octets: int, canary: str = "") -> Path:
    """Write a HAR of that length: a session among the scripts of a desktop, a word in each."""
    har = json.loads(GOOD.read_bytes())
    entries = har["log"]["entries"]
    script = next(entry for entry in entries if entry["request"]["url"].endswith(".js"))
    body = f"/* {canary} */ " + "/* a desktop loads many of these */ var x = [1, 2];\\n" * 9_000
    script["response"]["content"] = {
        "size": len(body),
        "mimeType": "text/javascript",
        "text": "FILLER",
    }
    filler = json.dumps(script).replace("FILLER", body)
    head, tail = json.dumps(har).rsplit("]", 1)
    more = f", {filler}".encode()
    with to.open("wb") as file:
        file.write(head.encode())
        file.writelines(repeat(more, octets // len(filler) + 1))
        file.write(f"]{tail}".encode())
    return to


def damaged(to: Path) -> Path:
    """Write a HAR that ends in the middle of its session."""
    whole = GOOD.read_bytes()
    to.write_bytes(whole[: whole.index(b"_webSocketMessages") + 4_000])
    return to


def packed(to: Path) -> Path:
    """Write a zip with a HAR, and what people pack beside it."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(WRONG_PASSWORD, "tonight/session.har")
        archive.writestr("tonight/read me.txt", "The agent could not log in at 20:40.")
    return to


def planted(to: Path, canary: str) -> Path:
    """Write a HAR with a word in it that stands nowhere else."""
    har = json.loads(GOOD.read_bytes())
    har["log"]["entries"][0]["request"]["url"] += f"?who={canary}"
    to.write_text(json.dumps(har), encoding="utf-8")
    return to
