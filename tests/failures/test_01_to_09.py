"""
Failures 1 to 9: no connection, no TLS.

What no capture shows:

| failure | HAR | packets |
|---|---|---|
| 9 TLS inspection | no browser writes certificates into a HAR: it says failure 5 | shown |
"""

from functools import partial

import pytest

from tests.transport.segments import C
from tests.transport.test_beside import back, udp
from tests.transport.test_dns import answered as dns_answer
from tests.transport.test_dns import asked as dns_question

from . import packet_changes as packets
from . import tls_changes as tls
from .case import Case, hold
from .packet_changes import Conversation
from .refused import NODE, STATUS, answered, capture, not_connected, not_upgraded, socket
from .story import FIXTURES

BEGUN_NS = 1_795_207_478_000_000_000


def distrusted() -> Conversation:
    """A browser that did not accept a certificate, on the port of the WebSocket."""
    return socket("n-untrusted-cert-tls12", says=tls.CLIENT_HELLO)


def unresolved(code: int) -> dict[str, bytes]:
    """A capture in which a name got no address."""
    beside = [
        (BEGUN_NS, udp(dns_question(NODE))),
        (BEGUN_NS + 20_000_000, back(dns_answer(NODE, code=code))),
    ]
    return capture(beside=beside)


def wrong_name() -> dict[str, bytes]:
    return capture(tls.shown(distrusted(), tls.certificate(["node1.other.test"], "Lab CA")))


def expired(alert: int, *, begins_days: int = -800, ends_days: int = -3) -> dict[str, bytes]:
    """Chromium says 46, certificate_unknown, whatever is wrong; Firefox 45, certificate_expired."""
    node = tls.certificate([NODE], "Lab CA", begins_days=begins_days, ends_days=ends_days)
    return capture(tls.alerted(tls.shown(distrusted(), node), C, alert))


def inspected() -> dict[str, bytes]:
    """Three agents with the node's certificate, one with that of a proxy that inspects."""
    folder = FIXTURES / "c-wss-tls12-rsa-aes128gcm"
    desktop = packets.read(folder / "capture.pcapng")[-1]
    server = socket().server
    well = [
        packets.moved(desktop, client=(f"198.51.100.{n}", 50_000), server=server, later_ns=n)
        for n in (1, 2, 3)
    ]
    keys = {"keys.log": (folder / "keys.log").read_bytes()}
    mine = tls.certificate([NODE], "Inspection Proxy CA")
    return capture(*well, tls.shown(distrusted(), mine)) | keys


CASES = (
    Case(
        1,
        "name not resolved",
        "HAR",
        lambda: not_connected("ERR_NAME_NOT_RESOLVED"),
        "CO-001",
        "connect",
        "network",
        ("nslookup", "map file"),
    ),
    Case(
        1,
        "name not resolved",
        "packets NXDOMAIN",
        lambda: unresolved(3),
        "CO-034",
        "connect",
        "network",
        ("nslookup", "NXDOMAIN"),
    ),
    Case(
        1,
        "name not resolved",
        "packets SERVFAIL",
        lambda: unresolved(2),
        "CO-034",
        "connect",
        "network",
        ("nslookup", "SERVFAIL"),
    ),
    Case(
        2,
        "port filtered",
        "HAR",
        lambda: not_connected("ERR_CONNECTION_TIMED_OUT"),
        "CO-002",
        "connect",
        "network",
        ("8445",),
    ),
    Case(
        2,
        "port filtered",
        "packets",
        lambda: capture(packets.unanswered(socket())),
        "CO-002",
        "connect",
        "network",
        ("8445",),
    ),
    Case(
        3,
        "service down",
        "HAR",
        lambda: not_connected("ERR_CONNECTION_REFUSED"),
        "CO-003",
        "connect",
        "server",
        ("stop Cisco Finesse Tomcat",),
    ),
    Case(
        3,
        "service down",
        "packets",
        lambda: capture(packets.refused(socket())),
        "CO-003",
        "connect",
        "server",
        ("stop Cisco Finesse Tomcat",),
    ),
    Case(
        3,
        "service down",
        "HAR, 502 from the proxy",
        lambda: not_upgraded(STATUS + "502"),
        "CO-025",
        "upgrade",
        "proxy",
        ("utils service list", "Tomcat stop"),
    ),
    Case(
        3,
        "service down",
        "packets, 503 from the proxy",
        lambda: capture(answered("503 Service Unavailable")),
        "CO-025",
        "upgrade",
        "server",
        ("utils service list", "Tomcat stop"),
    ),
    Case(
        4,
        "old port after upgrade",
        "HAR",
        lambda: not_connected("ERR_CONNECTION_REFUSED", f"ws://{NODE}:7071/ws/"),
        "FI-026",
        "connect",
        "client",
        ("wss://FQDN:8445/ws/", "enableInsecureOpenfirePort true"),
    ),
    Case(
        4,
        "old port after upgrade",
        "packets",
        lambda: capture(packets.refused(socket(port=7071))),
        "FI-026",
        "connect",
        "client",
        ("7071", "enableInsecureOpenfirePort true"),
    ),
    Case(
        5,
        "certificate not trusted",
        "HAR",
        lambda: not_connected("ERR_CERT_AUTHORITY_INVALID"),
        "TL-002",
        "tls",
        None,
        ("issuing CA", "7443"),
    ),
    Case(
        5,
        "certificate not trusted",
        "packets, as recorded",
        lambda: capture(distrusted()),
        "TL-002",
        "tls",
        None,
        ("issuing CA", "self-signed"),
    ),
    Case(
        5,
        "certificate not trusted",
        "packets, alert 48",
        lambda: capture(tls.alerted(distrusted(), C, 48)),
        "TL-002",
        "tls",
        None,
        ("unknown_ca",),
    ),
    Case(
        6,
        "name mismatch",
        "HAR",
        lambda: not_connected("ERR_CERT_COMMON_NAME_INVALID", "wss://finesse:8445/ws/"),
        "TL-012",
        "tls",
        "client",
        ("FQDN", "SAN"),
    ),
    Case(
        6,
        "name mismatch",
        "packets",
        wrong_name,
        "TL-012",
        "tls",
        "server",
        ("FQDN", "node1.other.test"),
    ),
    Case(
        7,
        "expired / clock wrong",
        "HAR",
        lambda: not_connected("ERR_CERT_DATE_INVALID"),
        "TL-013",
        "tls",
        None,
        ("utils ntp status",),
    ),
    Case(
        7,
        "expired / clock wrong",
        "packets, alert 45",
        partial(expired, 45),
        "TL-013",
        "tls",
        "server",
        ("utils ntp status", "2026-11-17"),
    ),
    Case(
        7,
        "expired / clock wrong",
        "packets, alert 46",
        partial(expired, 46),
        "TL-013",
        "tls",
        "server",
        ("utils ntp status", "2026-11-17"),
    ),
    Case(
        7,
        "expired / clock wrong",
        "packets, not yet valid",
        partial(expired, 46, begins_days=2, ends_days=400),
        "TL-013",
        "tls",
        None,
        ("utils ntp status", "not yet valid"),
    ),
    Case(
        8,
        "TLS version",
        "HAR",
        lambda: not_connected("ERR_SSL_VERSION_OR_CIPHER_MISMATCH"),
        "TL-003",
        "tls",
        "server",
        ("set tls server min-version",),
    ),
    Case(
        8,
        "TLS version",
        "packets, alert 70",
        lambda: capture(tls.refused_hello(distrusted(), 70)),
        "TL-003",
        "tls",
        "server",
        ("set tls server min-version", "protocol_version"),
    ),
    Case(
        8,
        "TLS version",
        "packets, alert 40",
        lambda: capture(tls.refused_hello(distrusted(), 40)),
        "TL-003",
        "tls",
        "server",
        ("set tls server min-version",),
    ),
    Case(
        9,
        "TLS inspection",
        "packets",
        inspected,
        "TL-004",
        "tls",
        "proxy",
        ("Inspection Proxy CA", "exempt"),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_verdict_names_it(case: Case) -> None:
    hold(case)
