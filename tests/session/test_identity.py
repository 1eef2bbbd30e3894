"""Who, where, and what the recording can show."""

import pytest
from msgspec.structs import replace

from analyzer.model.events import Event
from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.http import Switched
from analyzer.model.session import Needs, Session, StepName
from analyzer.model.source import Direction
from tests.session.conversation import (
    JID,
    OPEN,
    UNAVAILABLE,
    Line,
    at,
    auth,
    built,
    event,
    failure,
    har_end,
    iq,
    login,
    messages,
    session,
    tcp,
    upgrade,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("wss://h:8445/ws/?access_token=1#x", "wss://h:8445/ws/"),
        ("https://h:8445/ws/", "wss://h:8445/ws/"),
        ("HTTP://h/ws", "ws://h/ws"),
        ("/ws/?a", "/ws/"),
        ("", None),
    ],
)
def test_the_url_is_that_of_the_socket_without_query(url: str, shown: str | None) -> None:
    shaken = upgrade()
    request = shaken.exchange.request
    assert request is not None
    exchange = replace(shaken.exchange, request=replace(request, url=url))
    assert session(login(), before=[replace(shaken, exchange=exchange)]).url == shown


def test_without_a_request_there_is_no_url_and_no_user_agent() -> None:
    shaken = replace(upgrade(), exchange=replace(upgrade().exchange, request=None))
    one = session(login(), before=[shaken])
    assert (one.url, one.user_agent) == (None, None)
    assert Needs.HTTP not in one.can_see


# encryption


@pytest.mark.parametrize(
    ("url", "encrypted"), [("wss://h/ws", True), ("ws://h/ws", False), ("data:1", None)]
)
def test_the_scheme_tells_whether_it_is_encrypted(url: str, encrypted: bool | None) -> None:
    one = session(login(), har=True, before=[upgrade(har=True, url=url)])
    assert one.encrypted is encrypted


def test_frames_read_from_packets_were_not_encrypted() -> None:
    assert session(login(), before=[]).encrypted is False
    assert session([], before=[upgrade(403, url="/ws/")]).encrypted is None


def test_tls_seen_below() -> None:
    assert session(login(), before=[Switched(protocol="tls")]).encrypted is True


# the agent


def agent(lines: list[Line], before: list[Event] | None = None) -> str | None:
    return session(lines, before=before).agent


def refused(name: str) -> list[Line]:
    return [(0.0, "C>", OPEN), (0.1, "C>", auth(name)), (0.2, "S>", failure("not-authorized"))]


def test_the_bound_address_is_the_agent() -> None:
    lines = login(StepName.BIND)
    lines = [(time, way, text.replace("agent1@", "AGENT1@")) for time, way, text in lines]
    one = session(lines)
    assert one.agent == "agent1@example.test"
    assert one.jid == JID.replace("agent1", "AGENT1")


def test_else_the_name_it_logged_in_with() -> None:
    assert agent(refused("Agent7")) == "agent7@example.test"
    assert agent(refused("Agent7@other.test")) == "agent7@other.test"
    assert agent(refused("Agent7")[1:]) == "agent7"


def test_an_authorization_identity_alone_is_a_name() -> None:
    external = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>YUBiLmM=</auth>"
    assert agent([(0.0, "C>", external)]) == "a@b.c"


def test_else_what_its_stanzas_are_addressed_with() -> None:
    assert agent([(0.0, "S>", event())], []) == "agent1@example.test"
    sent = iq("get", "p1", attributes=f"from='{JID}'")
    assert agent([(0.0, "C>", sent)], []) == "agent1@example.test"


def test_a_domain_is_no_agent() -> None:
    assert agent([(0.0, "S>", iq("result", "p1", attributes="to='example.test'"))], []) is None
    assert agent([(0.0, "C>", UNAVAILABLE)], []) is None


def test_an_auth_that_cannot_be_read_names_nobody() -> None:
    broken = auth().replace(">", ">*", 1)
    assert agent([(0.0, "C>", OPEN), (0.1, "C>", broken)]) is None


def test_resource_and_domain_are_unknown_until_they_are_said() -> None:
    one = session(login(StepName.AUTH)[3:], before=[])
    assert (one.resource, one.domain, one.jid) == (None, None, None)


# the beginning


def late(lines: list[Line], before: list[Event] | None = None, *, syn: bool = False) -> bool:
    return session(lines, [tcp(EndCause.FIN, 9.0, syn=syn)], before=before).started_late


def test_what_shows_that_the_recording_was_there_first() -> None:
    assert not late(login())
    assert not late(login(), [], syn=True)
    assert not late(login(), [])
    assert late(login()[1:], [])
    (one,) = built(messages(login()[3:]))
    assert one.started_late


# what can be seen


def can_see(one: Session) -> frozenset[Needs]:
    return one.can_see


def test_octets_that_mean_nothing_hide_messages() -> None:
    opaque = Gap(Direction.TO_CLIENT, 0, 10, GapReason.OPAQUE, at(0.0))
    assert Needs.MESSAGES not in can_see(session([], before=[upgrade(), opaque]))
    assert Needs.MESSAGES in can_see(session([], before=[upgrade()]))


def test_a_har_whose_producer_records_no_messages() -> None:
    mute = har_end(5.0, recorded=False)
    assert Needs.MESSAGES not in can_see(session([], mute, har=True))
    assert Needs.MESSAGES in can_see(session([], har_end(5.0), har=True))
    blank = session([(0.0, "C>", " ")], har=True)
    assert blank.stanza_count == 0
    assert Needs.MESSAGES in can_see(blank)
    refused_one = session([], har_end(5.0), har=True, before=[upgrade(403, har=True)])
    assert Needs.MESSAGES in can_see(refused_one)


def test_messages_without_times() -> None:
    events = messages(login(), har=True, timed=False)
    (one,) = built([upgrade(har=True), *events, *har_end(5.0)], har=True)
    assert Needs.TIMES not in one.can_see


def test_a_handshake_that_is_cut_cannot_be_judged() -> None:
    hole = Gap(Direction.TO_SERVER, 0, 10, GapReason.SNAPLEN, at(-0.02))
    assert Needs.HTTP not in can_see(session(login(), before=[hole, upgrade()]))
    assert Needs.HTTP in can_see(session(login(), before=[upgrade(), hole]))
