"""A real XMPP server for one recording: Debian's prosody, with WebSocket, BOSH and pubsub."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DOMAIN = "finesse.example.test"
PATIENCE_S = 30.0

CONFIGURATION = """
run_as_root = true
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}"
log = {{ info = "{folder}/prosody.log" }}
admins = {{}}
interfaces = {{ "127.0.0.1" }}
modules_enabled = {{ "roster", "saslauth", "tls", "ping", "disco", "bosh", "websocket", "posix" }}
modules_disabled = {{ "s2s" }}
c2s_ports = {{ {tcp} }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
http_ports = {{ {http} }}
https_ports = {{ {https} }}
http_default_host = "{domain}"
consider_bosh_secure = true
consider_websocket_secure = true
authentication = "internal_plain"
ssl = {{ key = "{folder}/key.pem", certificate = "{folder}/certificate.pem" }}
https_ssl = {{ key = "{folder}/key.pem", certificate = "{folder}/certificate.pem" }}
VirtualHost "{domain}"
Component "pubsub.{domain}" "pubsub"
    autocreate_on_subscribe = true
    default_admin_affiliation = "owner"
"""


class Account(NamedTuple):
    """Who logs in."""

    name: str
    password: str


class Ports(NamedTuple):
    """Where the server listens on the loopback interface."""

    tcp: int
    http: int
    https: int


class Running(NamedTuple):
    """A server that answers."""

    ports: Ports
    certificate: Path


def missing() -> str | None:
    """What is not installed, or None."""
    return next((tool for tool in ("prosody", "dumpcap") if shutil.which(tool) is None), None)


@contextmanager
def prosody(folder: Path, accounts: list[Account]) -> Iterator[Running]:
    """
    A server with these accounts, until the context is left.

    Args:
        folder: Empty; takes configuration, certificate, data and log.
        accounts: Who may log in.

    Raises:
        TimeoutError: It did not come up; its log stands in the folder.
    """
    certificate = _certificate(folder)
    ports = _free_ports()
    stored = folder / "data" / DOMAIN.replace(".", "%2e") / "accounts"
    stored.mkdir(parents=True)
    for account in accounts:
        row = f'return {{ ["password"] = "{account.password}"; }};\n'
        (stored / f"{account.name}.dat").write_text(row, encoding="utf-8")
    configuration = folder / "prosody.cfg.lua"
    written = CONFIGURATION.format(folder=folder, domain=DOMAIN, **ports._asdict())
    configuration.write_text(written, encoding="utf-8")
    with subprocess.Popen(
        ["prosody", "--config", str(configuration), "-F"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    ) as server:
        try:
            for port in ports:
                _wait_for(port)
            yield Running(ports, certificate)
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    message = f"prosody does not listen on port {port}"
    raise TimeoutError(message)


def _free_ports() -> Ports:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    ports = Ports(*(one.getsockname()[1] for one in sockets))
    for one in sockets:
        one.close()
    return ports


def _certificate(folder: Path) -> Path:
    """Self-signed, for the domain."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(DOMAIN)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    path = folder / "certificate.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return path
