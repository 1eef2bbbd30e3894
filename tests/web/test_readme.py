"""What the README says of serving holds: options, examples, unit and container file."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analyzer.cli.serve import command

from .server import Server

ROOT = Path(__file__).resolve().parents[2]
SECTION = (
    (ROOT / "README.md")
    .read_text(encoding="utf-8")
    .partition("## Serve a team\n")[2]
    .partition("\n## ")[0]
)

INSTRUCTIONS = {
    *("FROM", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE"),
    *("HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT"),
}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed")
    return found


def test_every_option_stands_in_the_table() -> None:
    options = {name for param in command.params for name in param.opts}
    assert set(re.findall(r"--[a-z-]+", SECTION.partition("\n### ")[0])) >= options
    variables = set(re.findall(r"STANZASCOPE_([A-Z_]+)", SECTION)) - {"TOKEN"}
    assert variables <= {param.name.upper() for param in command.params if param.name}


def test_the_defaults_in_the_table_are_those_of_the_command() -> None:
    table = SECTION.partition("\n### ")[0]
    for param in command.params:
        if isinstance(param.default, str | int) and param.default and param.name != "no_token":
            assert str(param.default) in table, param.name


@pytest.mark.parametrize("number", range(len(blocks("sh"))))
def test_shell_examples_can_be_read(number: int) -> None:
    done = subprocess.run(
        ["/bin/bash", "-n"], input=blocks("sh")[number], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    (unit,) = blocks("ini")
    path = tmp_path / "stanzascope.service"
    # The program is looked for, and is somewhere else here.
    path.write_text(unit.replace("/opt/stanzascope/bin/stanzascope", "/bin/true"))
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", path],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if path.name in line]
    assert (done.returncode, told) == (0, [])


def test_the_container_file_has_known_instructions_only() -> None:
    (file,) = blocks("dockerfile")
    lines = file.replace("\\\n", " ").splitlines()
    assert {line.split()[0] for line in lines} == INSTRUCTIONS
    assert lines[0].startswith("FROM ")
    assert lines[-1] == 'ENTRYPOINT ["stanzascope", "serve"]'


def test_the_proxy_example_is_balanced_and_takes_what_we_take() -> None:
    (block,) = blocks("nginx")
    assert block.count("{") == block.count("}")
    statements = [line.split("#")[0].strip() for line in block.splitlines()]
    assert all(line.endswith((";", "{", "}")) for line in statements if line)
    assert "client_max_body_size 4g;" in statements


def test_the_examples_of_the_api_do_what_they_say(tmp_path: Path) -> None:
    for name in ("curl", "jq", "openssl"):
        tool(name)
    example = next(block for block in blocks("sh") if block.startswith("api="))
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "fixtures/good-wss-tls13", folder, dirs_exist_ok=True)
    shutil.copy(folder / "capture.pcapng", folder / "node.pcap")
    shutil.copy(ROOT / "fixtures/wrong-password/session.har", folder / "session.har")
    with Server(tmp_path / "data") as server:
        ours = example.replace("http://127.0.0.1:8480", server.url)
        ours = ours.replace("~/.local/share/stanzascope", str(server.data))
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", ours],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        with server.client() as client:
            left = client.get("/api/v1/cases").json()["cases"]
    assert (done.returncode, done.stderr, left) == (0, "", [])
    assert '"state":"done"' in done.stdout.replace(" ", "")
    assert "SA-007" in (folder / "ticket.md").read_text()
