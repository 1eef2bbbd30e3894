"""
What an analysis costs, beside a peer measured in the same run.

    python -m tests.benchmarks                    # all workloads at a tenth of their size
    python -m tests.benchmarks A B --scale 1      # as large as the bars are meant
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from . import sealed, workloads
from .measure import Cost, cost

JSON_LOAD = "import json, sys; json.load(open(sys.argv[1], 'rb'))"


class Peer(NamedTuple):
    """
    What to compare with.

    Attributes:
        name: For the table.
        command: Of a file.
        bar: CPU seconds of ours to its; None where none is set.
        rss_bar: Peak memory of ours in MiB; None where none is set.
    """

    name: str
    command: Callable[[Path], list[str]]
    bar: float | None
    rss_bar: float | None = None


def tshark(path: Path) -> list[str]:
    """Every WebSocket text, decoded by Wireshark."""
    fields = ["-T", "fields", "-e", "websocket.payload.text"]
    decode = ["-d", f"tcp.port=={workloads.PORT},http"]
    return ["tshark", "-r", str(path), *decode, "-Y", "websocket", *fields]


def tshark_with_keys(path: Path) -> list[str]:
    """The same out of TLS."""
    command = tshark(path)
    keys = workloads.key_log(path)
    return [*command, "-o", f"tls.keylog_file:{keys}", "-d", f"tcp.port=={sealed.PORT},tls"]


PEERS = {
    "A": Peer("tshark", tshark, 1 / 20, 200),
    "B": Peer("tshark", tshark, 1 / 3, 300),
    "C": Peer("tshark", tshark, 1 / 20, 200),
    "D": Peer("cat", lambda path: ["cat", str(path)], 6),
    "E": Peer("tshark", tshark_with_keys, 1 / 3),
    "F": Peer("tshark", tshark_with_keys, 1 / 20),
    "H": Peer("json.load", lambda path: [sys.executable, "-c", JSON_LOAD, str(path)], 0.5),
}


def analyze(path: Path) -> list[str]:
    """The main job with its report."""
    report = path.with_suffix(".html")
    keys = workloads.key_log(path)
    given = ["--keys", str(keys)] if keys.exists() else []
    command = [sys.executable, "-m", "analyzer", "analyze", str(path), *given]
    return [*command, "-q", "-o", f"html={report}"]


def row(name: str, path: Path, ours: Cost, theirs: Cost) -> str:
    """A line of the table."""
    peer = PEERS[name]
    bar = f"{peer.bar:.2f}" if peer.bar is not None else "-"
    memory = f"{peer.rss_bar:.0f}" if peer.rss_bar is not None else "-"
    return (
        f"{name:<3}{path.stat().st_size / 1e6:>8.0f}{ours.cpu_s:>9.2f}{ours.rss_mib:>8.0f}"
        f"  {peer.name:<10}{theirs.cpu_s:>8.2f}{theirs.rss_mib:>8.0f}"
        f"{ours.cpu_s / max(theirs.cpu_s, 0.01):>9.3f}{bar:>7}{memory:>7}"
    )


def main() -> None:
    """Write the workloads, run ours and the peer over each, print a row for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="WORKLOAD", help=f"of {' '.join(PEERS)}")
    parser.add_argument("--scale", type=float, default=0.1, help="of the size of the bars")
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    names = chosen.names or list(PEERS)
    unknown = sorted(set(names) - set(PEERS))
    if unknown:
        parser.error(f"no workload {' '.join(unknown)}; there are {' '.join(PEERS)}")
    print(  # noqa: T201 - a table is what is asked for
        "      MB    CPU s     MiB  peer         CPU s     MiB    ratio    bar MiB bar"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            # In a process of its own: Linux counts the parent's memory in the child's peak.
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                path = pool.submit(workloads.write, name, Path(folder), chosen.scale).result()
            ours = cost(analyze(path), workloads.ROOT, chosen.runs)
            theirs = cost(PEERS[name].command(path), workloads.ROOT, chosen.runs)
            print(row(name, path, ours, theirs), flush=True)  # noqa: T201
            path.unlink()


if __name__ == "__main__":
    main()
