"""The stanzas of a login by what they do."""

from analyzer.model.source import Direction
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.session.login import Login
from tests.session.conversation import (
    AVAILABLE,
    BIND,
    CLOSE,
    JID,
    OPEN,
    OPENED,
    PEER,
    PROFILE,
    SESSION,
    SUCCESS,
    UNAVAILABLE,
    Line,
    auth,
    event,
    failure,
    features,
    login,
    messages,
    stream_error,
)


def read(*said: tuple[str, str]) -> Login:
    lines: list[Line] = [(0.1 * n, way, text) for n, (way, text) in enumerate(said)]
    return Login([s for s in messages(lines, har=True) if isinstance(s, Stanza)], PROFILE)


def test_each_has_its_place() -> None:
    stanzas = [s for s in messages(login(), har=True) if isinstance(s, Stanza)]
    found = Login(stanzas, PROFILE)
    assert (len(found.opens), len(found.opened), len(found.features)) == (2, 2, 2)
    assert (len(found.auths), len(found.outcomes)) == (1, 1)
    assert (len(found.binds), len(found.session_requests), len(found.presences)) == (1, 1, 1)
    assert found.peer_presence is not None
    assert found.first_event is not None
    assert (found.goodbye, found.last_word, found.peer_gone) == (None, None, None)
    assert (found.echoes, found.refused_presences) == ([], [])
    assert not found.session_required


def test_nothing_of_the_wrong_side_counts() -> None:
    found = read(
        ("S>", auth()),
        ("C>", SUCCESS),
        ("C>", failure("x")),
        ("C>", features("")),
        ("C>", event()),
        ("S>", BIND),
        ("C>", BIND.replace("set", "get")),
        ("S>", SESSION),
        ("C>", PEER),
        ("S>", "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
    )
    assert found.auths == found.outcomes == found.features == found.binds == []
    assert found.session_requests == found.presences == []
    assert (found.first_event, found.peer_presence) == (None, None)


def test_what_belongs_to_both_sides() -> None:
    assert read(("S>", CLOSE)).goodbye is None
    found = read(("C>", CLOSE), ("S>", CLOSE), ("S>", stream_error("reset")))
    assert found.goodbye is found.last_word
    assert found.last_word is not None
    assert found.last_word.direction is Direction.TO_SERVER
    found = read(("S>", stream_error("reset")), ("S>", CLOSE), ("S>", stream_error("x")))
    assert found.last_word is not None
    assert found.last_word.kind is StanzaKind.STREAM_ERROR


def test_the_first_good_bye_counts() -> None:
    found = read(("C>", UNAVAILABLE), ("C>", UNAVAILABLE), ("C>", CLOSE))
    assert found.goodbye is not None
    assert found.goodbye.kind is StanzaKind.PRESENCE
    assert found.goodbye.source.time_ns == 1_767_225_600_000_000_000


def test_the_own_presence_of_other_types_is_no_good_bye() -> None:
    probe = "<presence xmlns='jabber:client' type='probe'/>"
    assert read(("C>", probe)).goodbye is None


def test_presences_that_come() -> None:
    echo = f"<presence xmlns='jabber:client' from='{JID}'/>"
    gone = PEER.replace("<presence", "<presence type='unavailable'")
    error = "<presence xmlns='jabber:client' type='error'/>"
    probe = "<presence xmlns='jabber:client' type='probe' from='x@y'/>"
    found = read(
        ("S>", gone),
        ("S>", echo),
        ("C>", AVAILABLE),
        ("S>", echo),
        ("S>", probe),
        ("S>", PEER),
        ("S>", PEER),
        ("S>", PEER.replace("<presence", "<presence type='subscribe'")),
        ("S>", gone),
        ("S>", gone),
        ("S>", error),
    )
    assert len(found.echoes) == 1
    assert len(found.refused_presences) == 1
    assert found.peer_presence is not None
    assert found.peer_gone is not None
    assert found.peer_presence.source.time_ns is not None
    assert found.peer_gone.source.time_ns is not None
    assert found.peer_gone.source.time_ns - found.peer_presence.source.time_ns == 300_000_000


def test_events_are_pubsub_events_to_the_client() -> None:
    assert read(("S>", "<message xmlns='jabber:client'/>")).first_event is None
    found = read(("S>", event("1")), ("S>", event("2")))
    assert found.first_event is not None
    assert found.first_event.source.time_ns == 1_767_225_600_000_000_000


def test_when_a_session_is_required() -> None:
    offered = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"
    optional = offered.replace("/>", "><optional/></session>")
    assert read(("S>", features(offered))).session_required
    assert not read(("S>", features(optional))).session_required
    assert not read(("S>", features(""))).session_required
    assert not read(("C>", OPEN), ("S>", OPENED)).session_required
