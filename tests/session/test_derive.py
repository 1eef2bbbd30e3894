"""A session is what its trace says, whoever recorded it."""

from analyzer.model.session import CloseKind, Needs, SeenIn
from analyzer.model.xmpp import STANZAS, StanzaKind
from analyzer.rules import profiles
from analyzer.session.derive import Below, Ground, session_of
from analyzer.session.trace import Room, Trace
from tests.rules.climb import climb


def test_of_a_trace_that_holds_nothing() -> None:
    ground = Ground(3, SeenIn.HAR, profiles.load("finesse"), 0)
    session = session_of(Trace(Room()), ground, Below())
    assert (session.capture, session.number, session.server) == (3, 0, "")
    assert session.close.kind is CloseKind.UNKNOWN
    assert session.recorded_until_ns is None
    assert Needs.HAR in session.can_see


def test_what_most_rules_need_of_the_stanzas_is_at_hand() -> None:
    (session,) = climb("@login").sessions
    negotiation, presences = set(session.negotiation), set(session.presences)
    assert presences == {s for s in session.stanzas if s.kind is StanzaKind.PRESENCE} != set()
    assert negotiation == {s for s in session.stanzas if s.kind not in STANZAS} != set()
