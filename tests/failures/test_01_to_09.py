"""
Failures 1 to 9: no connection, no TLS.

| failure | HAR | packets |
|---|---|---|
| 9 TLS inspection | no browser writes certificates into a HAR: it says failure 5 | yes |
"""

import pytest

from . import packet_changes as packets
from .case import Case, hold
from .packet_changes import C, S
from .refused import NODE, capture, not_connected, socket
from .story import FIXTURES

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
        4,
        "old port after upgrade",
        "HAR",
        lambda: not_connected("ERR_CONNECTION_REFUSED", f"ws://{NODE}:7071/ws/"),
        "FI-018",
        "connect",
        "client",
        ("wss://FQDN:8445/ws/", "enableInsecureOpenfirePort true"),
    ),
    Case(
        4,
        "old port after upgrade",
        "packets",
        lambda: capture(packets.refused(socket(port=7071))),
        "FI-018",
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
        "client",
        ("CA",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_verdict_names_it(case: Case) -> None:
    hold(case)
