"""Every time of a fact is told by the other clock; durations and places stay."""

from typing import get_args, get_type_hints

from msgspec import Struct

from analyzer.model.flow import Connection, Endpoint
from analyzer.model.session import Session
from analyzer.model.source import Direction, HarSource, PacketSource, Source
from analyzer.model.tls import RecordFacts, TlsAlert, TlsFacts
from analyzer.session.shift import TIMES, shifted

STAY = {
    "clock_offset_ns",  # of a server against the recording's: told anew where both are known
    "server_time_ns",
    "published_ns",
    "connect_ns",
    "idle_ns",
    "latency_ns",
    "not_after_ns",  # of a certificate: by nobody's clock
    "not_before_ns",
    "expires_ns",  # of a token, likewise
    "offset_ns",
    "ping_interval_ns",
    "ping_longest_ns",
    "silence_ns",
    "spread_ns",
    "cadence_ns",
    "client_silence_ns",
    "server_silence_ns",
    "event_longest_ns",
    "event_median_ns",
    "trip_95_ns",
    "trip_longest_ns",
    "trip_median_ns",
}


def place(time_ns: int | None) -> Source:
    return PacketSource(1, 3, 4, time_ns, 20)


def test_nothing_to_shift_gives_the_same() -> None:
    fact = (place(5),)
    assert shifted(fact, 0) is fact
    still = (place(None), "x", 7, {"a": 1})
    assert shifted(still, 9) == still


def test_a_place_stays_and_its_time_moves() -> None:
    assert shifted(place(5), -2) == PacketSource(1, 3, 4, 3, 20)
    assert shifted([HarSource(0, 1, 2, 5)], 2) == [HarSource(0, 1, 2, 7)]


def test_all_that_a_fact_holds_is_shifted() -> None:
    alert = TlsAlert(direction=Direction.TO_SERVER, fatal=True, description=None, source=place(1))
    facts = TlsFacts(alerts=(alert,), to_server=RecordFacts(times_ns=(1, 2), last_ns=2))
    moved = shifted(facts, 10)
    assert moved.alerts[0].source.time_ns == 11
    assert (moved.to_server.times_ns, moved.to_server.last_ns) == ((11, 12), 12)
    assert moved.to_client is facts.to_client


def test_durations_stay() -> None:
    end = Endpoint("192.0.2.1", 8445)
    one = Connection(capture=0, number=1, server=end, opened_ns=4, closed_ns=None, connect_ns=7)
    moved = shifted({"a": one}, 100)["a"]
    assert (moved.opened_ns, moved.closed_ns, moved.connect_ns) == (104, None, 7)


def kinds(hint: object) -> set[type[Struct]]:
    """The Structs that a field may hold."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        return {hint}
    return {kind for part in get_args(hint) for kind in kinds(part)}


def test_of_every_nanosecond_in_a_session_it_is_known_what_it_is() -> None:
    names: set[str] = set()
    seen: set[type[Struct]] = {Session}
    todo: list[type[Struct]] = [Session]
    while todo:
        for name, hint in get_type_hints(todo.pop()).items():
            names |= {name} if name.endswith("_ns") else set()
            new = kinds(hint) - seen
            seen |= new
            todo += new
    assert names - STAY == names & TIMES
    assert names >= TIMES
