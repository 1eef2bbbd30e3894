"""
Record a session anew: `python -m tests.recording FOLDER [websocket|bosh|starttls]...`.

Needs prosody and dumpcap (Debian's packages prosody and tshark) and the right to capture on the
loopback interface. Each carrier gives FOLDER/CARRIER-VERSION with capture.pcapng and keys.log, for
TLS 1.2 and 1.3.
"""

import ssl
import sys
from pathlib import Path

from tests.recording.carriers import CARRIERS
from tests.recording.prosody import missing
from tests.recording.recorder import record

VERSIONS = {"tls12": ssl.TLSVersion.TLSv1_2, "tls13": ssl.TLSVersion.TLSv1_3}


def main(arguments: list[str]) -> int:
    """Record what is asked for; the exit code."""
    wanted = arguments[1:] or list(CARRIERS)
    if not arguments or set(wanted) - set(CARRIERS):
        sys.stderr.write(__doc__ or "")
        return 2
    tool = missing()
    if tool is not None:
        sys.stderr.write(f"{tool} is not installed\n")
        return 2
    for carrier in wanted:
        for name, version in VERSIONS.items():
            folder = Path(arguments[0]) / f"{carrier}-{name}"
            seen = record(folder, carrier, version=version)
            sys.stdout.write(f"{folder}: {len(seen)} elements from the server\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
