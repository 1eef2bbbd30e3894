"""`python -m tests.web.endurance load|kill`: the long runs, with figures."""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.web import postgres
from tests.web.server import Server

from . import kill, load


def main(arguments: list[str]) -> int:
    """Run one of them; 0 if all went well."""
    parser = argparse.ArgumentParser(prog="python -m tests.web.endurance")
    parser.add_argument("what", choices=["load", "kill"])
    parser.add_argument("--clients", type=int)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="endurance")))
        options = []
        if given.postgresql:
            url = stack.enter_context(stack.enter_context(postgres.running()).database())
            options = ["--database", url]
        server = stack.enter_context(Server(folder / "data", *options))
        if given.what == "load":
            went: load.Load | kill.Kills = load.run(server, given.clients or 20, given.seconds)
        else:
            went = kill.run(server, given.times, seed=given.seed, clients=given.clients or 4)
        sys.stdout.write(f"{went}\n")
        sys.stdout.flush()
        if not went.is_well:
            sys.stderr.write(f"{_faults(server.stderr)}\n")
    return 0 if went.is_well else 1


def _faults(told: str) -> str:
    """What a server logged beside requests that went well."""
    lines = [line for line in told.splitlines() if '"level":"info"' not in line]
    return "\n".join(lines[-50:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
