"""What was said, by its meaning."""

import pytest

from analyzer.model.session import StepName
from analyzer.session.compare_units import Key, talk
from tests.session.conversation import (
    JID,
    PEER,
    auth,
    error,
    event,
    failure,
    iq,
    login,
    ping,
    pubsub,
    session,
    stream_error,
)


def keys(direction: str, *texts: str) -> list[Key]:
    """Of texts said behind a login."""
    before = talk(session(login())).units
    lines = [(1.5 + n / 100, direction, text) for n, text in enumerate(texts)]
    return [unit.key for unit in talk(session([*login(), *lines])).units[len(before) :]]


def test_a_login_is_what_the_client_said_and_what_came_unasked() -> None:
    units = talk(session(login())).units
    assert [(unit.key[1], unit.step, unit.outcome[:2], unit.ordered) for unit in units] == [
        ("open", StepName.OPEN, ("open",), True),
        ("auth", StepName.AUTH, ("success", ""), True),
        ("open", StepName.OPEN, ("open",), True),
        ("iq", StepName.BIND, ("iq", "result"), True),
        ("iq", StepName.SESSION, ("iq", "result"), True),
        ("presence", StepName.PRESENCE, (), True),
        ("presence", StepName.PRESENCE, (), False),
        ("iq", StepName.PUBSUB, ("iq", "result"), True),
    ]
    assert all(unit.telling for unit in units)
    assert units[1].said.latency_ns == 50_000_000


def test_events_are_counted_by_node() -> None:
    lines = [(2.0, "S>", event()), (2.1, "S>", event(node="/finesse/api/Dialog/7"))]
    events = talk(session([*login(), *lines])).events
    assert events == {"/finesse/api/User/{agent}": 2, "/finesse/api/Dialog/{id}": 1}


@pytest.mark.parametrize(
    ("node", "means"),
    [
        ("/finesse/api/User/agent1/Dialogs", "/finesse/api/User/{agent}/Dialogs"),
        ("/finesse/api/User/AGENT1", "/finesse/api/User/{agent}"),
        ("/finesse/api/User/other", "/finesse/api/User/{id}"),
        ("/finesse/api/Team/5000/Users", "/finesse/api/Team/{id}/Users"),
        ("/finesse/api/User/", "/finesse/api/User/"),
        ("news", "news"),
    ],
)
def test_who_and_which_makes_no_difference_to_a_node(node: str, means: str) -> None:
    (key,) = keys("C>", pubsub("subscribe", "u9", node=node))
    assert key == ("C>", "iq", "set", "pubsub", "pubsub", "subscribe", means)


def test_a_request_without_a_node() -> None:
    inside = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscriptions/></pubsub>"
    assert keys("C>", iq("get", "x", inside))[0][-1] == ""


@pytest.mark.parametrize(
    ("jid", "who"),
    [
        (JID, "self"),
        ("AGENT1@example.test/other", "self"),
        ("finesse@example.test/x", "finesse"),
        ("agent2@example.test/desktop", "user"),
        ("example.test", "server"),
        ("cuic.example.test", "cuic"),
        ("elsewhere.test", "elsewhere.test"),
    ],
)
def test_who_somebody_is(jid: str, who: str) -> None:
    (key,) = keys("S>", f"<presence xmlns='jabber:client' from='{jid}' type='subscribe'/>")
    assert key[3] == who


def test_without_a_domain_everybody_is_named_by_theirs() -> None:
    lines = [(0.1, "S>", "<presence xmlns='jabber:client' from='a@b.test'/>")]
    (unit,) = talk(session(lines)).units
    assert unit.key[3] == "b.test"


@pytest.mark.parametrize(
    ("direction", "text"),
    [
        ("C>", ping("p7")),
        ("S>", iq("result", "p7")),
        ("S>", iq("error", "nobody", error("item-not-found"))),
        ("C>", "<presence xmlns='jabber:client' type='unavailable'/>"),
        ("S>", f"<presence xmlns='jabber:client' type='unavailable' from='{JID}'/>"),
        ("C>", "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"),
        ("C>", "<r xmlns='urn:xmpp:sm:3'/>"),
        ("S>", "<a xmlns='urn:xmpp:sm:3' h='1'/>"),
        ("S>", "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>eA==</challenge>"),
    ],
)
def test_routine_is_left_out(direction: str, text: str) -> None:
    assert keys(direction, text) == []


@pytest.mark.parametrize(
    ("direction", "text", "tail", "telling"),
    [
        ("C>", iq("get", "r", "<query xmlns='jabber:iq:roster'/>"), ("Roster",), False),
        ("C>", iq("get", "v", "<query xmlns='jabber:iq:version'/>"), None, False),
        ("S>", stream_error("conflict"), None, True),
        ("C>", "<enable xmlns='urn:xmpp:sm:3'/>", None, False),
        ("C>", "<presence xmlns='jabber:client'><show>dnd</show></presence>", ("dnd",), True),
        ("S>", "<presence xmlns='jabber:client' from='b@example.test'/>", ("",), False),
        ("S>", "<message xmlns='jabber:client'><body>x</body></message>", None, False),
        (
            "S>",
            f"<presence xmlns='jabber:client' type='error'>{error('forbidden')}</presence>",
            ("", "error", "forbidden"),
            True,
        ),
        ("S>", "<broken", None, True),
    ],
)
def test_what_else_is_said(direction: str, text: str, tail: Key | None, telling: bool) -> None:
    before = talk(session(login())).units
    (unit,) = talk(session([*login(), (1.5, direction, text)])).units[len(before) :]
    assert tail is None or unit.key[4:] == tail
    assert unit.telling is telling
    assert unit.ordered is (direction == "C>")


def test_the_answer_tells_how_it_was_refused() -> None:
    refused = [
        *login(StepName.PRESENCE),
        (1.0, "C>", pubsub("subscribe", "u1")),
        (1.1, "S>", iq("error", "u1", error("item-not-found"))),
        (1.2, "C>", auth()),
        (1.3, "S>", failure("not-authorized")),
        (1.4, "C>", auth()),
        (1.5, "C>", auth()),
    ]
    outcomes = [unit.outcome for unit in talk(session(refused)).units[-4:]]
    assert outcomes == [
        ("error", "item-not-found", ""),
        ("failure", "", "not-authorized", ""),
        (),
        (),
    ]


def test_an_open_answered_with_the_same_header_ends_its_wait() -> None:
    lines = [line for line in login(StepName.OPEN) if "features" not in line[2]]
    (unit,) = talk(session([*lines, (1.0, "S>", PEER)])).units[:1]
    assert unit.outcome == ("open",)
