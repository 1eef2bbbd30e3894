"""SystemInfo tells what is installed; anything else tells nothing."""

import pytest

from analyzer.model.http import Exchange, Request, Response
from analyzer.model.limits import EXCHANGE_BODY_OCTETS
from analyzer.model.source import HarSource
from analyzer.protocol.finesse_rest import system_info

# As the Web Services Developer Guide shows it, less what nobody reads.
BODY = b"""<?xml version="1.0" encoding="UTF-8"?>
<SystemInfo>
  <currentTimestamp>2026-11-20T20:00:00.250Z</currentTimestamp>
  <deploymentType>UCCE</deploymentType>
  <primaryNode><host>fin-a.example.test</host></primaryNode>
  <secondaryNode><host>fin-b.example.test</host></secondaryNode>
  <status>IN_SERVICE</status>
  <systemAuthMode>NON_SSO</systemAuthMode>
  <xmppDomain>fin-a.example.test</xmppDomain>
  <xmppPubSubDomain>pubsub.fin-a.example.test</xmppPubSubDomain>
</SystemInfo>"""
URL = "https://fin-a.example.test:8445/finesse/api/SystemInfo?nocache=1"
NOON_NS = 1_795_204_800_000_000_000  # 2026-11-20T20:00:00Z


def answered(
    body: bytes, url: str = URL, time_ns: int | None = NOON_NS, status: int = 200
) -> Exchange:
    source = HarSource(0, 3, None, time_ns)
    request = Request(method="GET", url=url, source=source)
    return Exchange(request=request, response=Response(status=status, body=body, source=source))


def test_everything_it_says() -> None:
    said = system_info(answered(BODY))
    assert said is not None
    assert said.url == "https://fin-a.example.test:8445/finesse/api/SystemInfo"
    assert (said.status, said.deployment, said.authentication) == ("IN_SERVICE", "UCCE", "NON_SSO")
    assert (said.primary_node, said.secondary_node) == ("fin-a.example.test", "fin-b.example.test")
    assert said.xmpp_domain == "fin-a.example.test"
    assert said.pubsub_domain == "pubsub.fin-a.example.test"
    assert said.server_time_ns == NOON_NS + 250_000_000
    assert said.clock_offset_ns == 250_000_000
    assert said.source == HarSource(0, 3, None, NOON_NS)


def test_what_it_does_not_say_is_not_known() -> None:
    said = system_info(answered(b"<SystemInfo><primaryNode/><status> </status></SystemInfo>"))
    assert said is not None
    assert (said.status, said.primary_node, said.secondary_node) == (None, None, None)
    assert (said.server_time_ns, said.clock_offset_ns) == (None, None)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (b"2026-11-20T21:00:00+01:00", NOON_NS),
        (b"2026-11-20T20:00:00", NOON_NS),
        (b"yesterday", None),
        (b"", None),
    ],
)
def test_the_clock_of_the_server(stamp: bytes, expected: int | None) -> None:
    body = b"<SystemInfo><currentTimestamp>" + stamp + b"</currentTimestamp></SystemInfo>"
    said = system_info(answered(body))
    assert said is not None
    assert said.server_time_ns == expected
    unclocked = system_info(answered(body, time_ns=None))
    assert unclocked is not None
    assert unclocked.clock_offset_ns is None


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (b"", URL),
        (b"<html/>", URL),
        (b"<SystemInfo>", URL),
        (BODY, "https://fin-a.example.test/finesse/api/User/1"),
        (BODY, "https://[fin-a/finesse/api/SystemInfo"),
        (BODY + b" " * EXCHANGE_BODY_OCTETS, URL),
    ],
)
def test_anything_else_says_nothing(body: bytes, url: str) -> None:
    assert system_info(answered(body, url)) is None


def test_half_an_exchange_says_nothing() -> None:
    whole = answered(BODY)
    assert system_info(Exchange(request=whole.request, response=None)) is None
    assert system_info(Exchange(request=None, response=whole.response)) is None
