"""
Failures 40 to 48: how a session that came about is lost.

| failure | HAR | packets |
|---|---|---|
| 44 message too big | where the message stands in it; a browser writes no close code | yes |
| 47 compression broken | no: it holds messages as the browser inflated them | yes |
"""

import struct

import pytest

from tests.protocol.wire import frame
from tests.transport.segments import ACK, FIN, PSH, RST, C, S

from . import packet_changes as packets
from .case import Case, hold
from .har_changes import har
from .sessions import forms, live, lost, ping, polls, told_by
from .story import CLOSE, FIXTURES, End, Said, Story
from .words import DOMAIN, stream_error, user

A, B = "finesse-a.example.test:8445", "finesse-b.example.test:8445"

VERTICAL_TAB = "\x0b"
"""No character of XML 1.0."""


def given_up(dead_s: float | None) -> Story:
    """Two pings without answer, ten seconds apart, and nothing more of the client."""
    told = live(31).saying(ping(31.7, "77"), ping(41.7, "78"))
    return told._replace(dead_s=dead_s).calling(*polls(50, 3))


def replaced() -> list[Story]:
    """It logs in again, and the server ends the socket that it still held with conflict."""
    told = live(31).saying(ping(31.7, "77"), ping(41.7, "78"))
    told = told.saying(*stream_error(65.3, "conflict", "Replaced by new connection"))
    return [told._replace(end=End(65.4, "S>")), live(31)._replace(begin_s=65.0)]


def throttled() -> Story:
    """Pings every 10 s, then one a minute."""
    return live(20).pinging(400, every_s=60)


def asleep() -> Story:
    """Nothing comes from the PC for two minutes, then all goes on."""
    told = live(20).saying(user(40, "READY"), ping(140, "99"))
    reply = told.said[told.place(":ping", 1)]
    text = reply.text.replace(reply.text.split("id='")[1].split("'")[0], "99:ping")
    told = told.saying(reply._replace(at_s=140.01, text=text)).pinging(180)
    return told._replace(asleep_s=(22, 139))


def team(how: str) -> list[Story]:
    """Four agents that come one by one and go within 0.2 s."""
    found = []
    for n in range(4):
        told = live(62 - 3.0 * n).of(f"agent200{n}")._replace(begin_s=3.0 * n)
        end_s = 64 - 3.0 * n + 0.05 * n
        if how == "rst":
            told = told._replace(end=End(end_s, "S>", "rst"))
        else:
            told = told.saying(*stream_error(end_s, how))._replace(end=End(end_s + 0.01, "S>"))
        found.append(told)
    return found


def big(*answers: Said) -> Story:
    """A message of more than a mebibyte; the server ends the session."""
    body = "y" * 1_100_000
    text = f'<message to="x@{DOMAIN}" xmlns="jabber:client"><body>{body}</body></message>'
    return live(32).saying(Said(33, "C>", text), *answers)._replace(end=End(33.3, "S>"))


def not_xml(way: str) -> Story:
    """A message with a character that XML does not allow."""
    if way == "S>":
        one = user(20, "TALKING")
        return live(42).saying(one._replace(text=one.text.replace("TALK", "T" + VERTICAL_TAB)))
    text = f'<message to="x@{DOMAIN}" xmlns="jabber:client"><body>{VERTICAL_TAB}</body></message>'
    told = live(20).saying(Said(23, "C>", text), *stream_error(23.01, "not-well-formed"))
    return told._replace(end=End(23.1, "S>"))


def not_xml_inside() -> Story:
    """A notification whose payload has one: the stanza is sound, what it holds is not."""
    one = user(20, "TALKING")
    return live(42).saying(one._replace(text=one.text.replace("TALK", "T&amp;#x0b;")))


def unanswered() -> Story:
    """A request that the server drops."""
    text = '<iq id="q7" type="get" xmlns="jabber:client"><query xmlns="jabber:iq:version"/></iq>'
    return live(62).saying(Said(20, "C>", text))


def spoilt() -> dict[str, bytes]:
    """Octets of a compressed message are changed on the way; the browser closes with 1007."""
    talk = packets.talk(FIXTURES / "good-deflate-context-takeover" / "capture.pcapng")
    bad = [s for s in talk.segments if s.way is S and s.payload[:1] == b"\xc1"][12]
    left = packets.until(talk, bad.time_ns + 1)
    octets = bad.payload[:4] + b"\xff" * (len(bad.payload) - 4)
    left = packets.replaced(left, S, bad.payload, octets)
    close = frame(struct.pack(">H", 1007), CLOSE, key=b"\x11\x22\x33\x44")
    left = packets.added(left, bad.time_ns + 2_000_000, C, PSH | ACK, close)
    return {"capture.pcap": packets.pcap(packets.ended(left, C, FIN))}


def encrypted(agents: int) -> dict[str, bytes]:
    """Desktops in TLS, captured on the server without keys; it resets them within 0.4 s."""
    talk = packets.read(FIXTURES / "good-wss-tls13" / "capture.pcapng")[-1]
    left, end_ns = packets.before_end(talk), talk.ended_ns + 8 * packets.S_NS
    talks = []
    for n in range(agents):
        client = (f"10.1.0.{n + 1}", 50_000)
        one = packets.moved(left, client=client, later_ns=n * 700_000_000)
        after_ns = end_ns + n * 100_000_000 - one.ended_ns
        talks.append(packets.ended(one, S, RST, after_ns))
    return {"capture.pcap": packets.pcap(*talks)}


def ping_pong() -> list[Story]:
    """One agent on one node, on the other, and back; each connection dies."""
    return [lost(12)._replace(begin_s=40.0 * n, host=(A, B)[n % 2]) for n in range(5)]


CASES = (
    *(
        case
        for only, party in (("HAR", None), ("packets", "server"))
        for case in told_by(
            Case(
                40,
                "ping unanswered",
                "",
                dict,
                "FI-005",
                "live",
                party,
                ("polls SystemInfo", "snapshots"),
            ),
            "ping-unanswered",
            only,
        )
    ),
    *forms(
        Case(
            40,
            "ping unanswered",
            "network",
            dict,
            "FI-005",
            "live",
            None,
            ("unknown: capture on the PC",),
        ),
        given_up(25),
        only="HAR",
    ),
    *forms(
        Case(40, "ping unanswered", "network", dict, "CO-037", "live", "network", ("VPN",)),
        given_up(25),
        only="packets",
    ),
    *forms(
        Case(
            40,
            "ping unanswered",
            "server stall",
            dict,
            "FI-005",
            "live",
            "server",
            ("acknowledged the pings: yes", "garbage collection"),
        ),
        given_up(None),
        only="packets",
    ),
    *(
        case
        for only, party in (("HAR", None), ("packets", "server"))
        for case in forms(
            Case(40, "ping unanswered", "then replaced", dict, "FI-005", "live", party),
            *replaced(),
            only=only,
        )
    ),
    *forms(
        Case(
            41,
            "ping cadence broken",
            "hidden tab",
            dict,
            "TI-001",
            "live",
            "client",
            ("a hidden tab may run its timers once a minute", "SleepingTabsBlockedForUrls"),
            "degraded",
        ),
        throttled(),
    ),
    *forms(
        Case(
            41,
            "ping cadence broken",
            "PC sleeps",
            dict,
            "TI-002",
            "live",
            "client",
            ("standby",),
            "degraded",
        ),
        asleep(),
        only="packets",
    ),
    *forms(Case(42, "abnormal drop 1006", "", dict, "CO-004", "live", None, ("VPN",)), lost(60)),
    *forms(
        Case(42, "abnormal drop 1006", "silence", dict, "CO-037", "live", "network", ("Wi-Fi",)),
        live(60)._replace(dead_s=55).saying(ping(61.7)),
        only="packets",
    ),
    Case(
        42,
        "abnormal drop 1006",
        "packets, encrypted",
        lambda: encrypted(1),
        "CO-004",
        "live",
        None,
        ("rst, by server",),
    ),
    Case(
        43,
        "server-side outage",
        "packets, encrypted",
        lambda: encrypted(4),
        "CO-012",
        "live",
        "server",
        ("4 agents", "rst"),
    ),
    Case(
        43,
        "server-side outage",
        "HAR: one of each agent",
        lambda: {f"{n}.har": har(one) for n, one in enumerate(team("rst"))},
        "CO-012",
        "live",
        "server",
        ("4 agents", "snapshot"),
    ),
    *(
        case
        for how in ("rst", "system-shutdown")
        for case in forms(
            Case(
                43,
                "server-side outage",
                how,
                dict,
                "CO-012",
                "live",
                "server",
                ("4 agents", "utils service list"),
            ),
            *team(how),
        )
    ),
    *forms(
        Case(
            43,
            "server-side outage",
            "one agent",
            dict,
            "ST-015",
            "live",
            "server",
            ("Notification Service",),
        ),
        team("system-shutdown")[0],
    ),
    *(
        case
        for form, answers in (
            ("close 1009", (Said(33.1, "S>", "", CLOSE, 1009),)),
            ("stream error", stream_error(33.1, "internal-server-error")),
        )
        for case in forms(
            Case(44, "message too big", form, dict, "FI-019", "live", "client", ("1 MiB",)),
            big(*answers),
        )
    ),
    *forms(
        Case(
            45,
            "invalid XML characters",
            "of the server",
            dict,
            "ST-008",
            "live",
            "server",
            ("call variable", "XML 1.0"),
            "degraded",
        ),
        not_xml("S>"),
    ),
    *forms(
        Case(45, "invalid XML characters", "of the client", dict, "ST-008", "live", "client"),
        not_xml("C>"),
    ),
    *forms(
        Case(
            45,
            "invalid XML characters",
            "in a notification",
            dict,
            "FI-008",
            "live",
            "server",
            ("control characters",),
            "degraded",
        ),
        not_xml_inside(),
    ),
    *forms(
        Case(
            46,
            "request never answered",
            "",
            dict,
            "IQ-002",
            "live",
            None,
            ("cannot parse", "openfire"),
            "degraded",
        ),
        unanswered(),
    ),
    Case(
        47,
        "compression broken",
        "packets",
        spoilt,
        "DF-003",
        "live",
        None,
        ("middlebox", "Sec-WebSocket-Extensions"),
    ),
    *forms(
        Case(
            48,
            "failover ping-pong",
            "",
            dict,
            "FI-013",
            "live",
            None,
            ("finesse-a", "finesse-b", "On both nodes"),
        ),
        *ping_pong(),
        only="HAR",
    ),
    *forms(
        Case(48, "failover ping-pong", "", dict, "FI-013", "live", None, ("On both nodes",)),
        *ping_pong(),
        only="packets",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_names_it(case: Case) -> None:
    hold(case)


@pytest.mark.parametrize("number", range(40, 49))
def test_every_one_of_them_has_a_case(number: int) -> None:
    assert number in {case.number for case in CASES}
