"""What times and lengths of encrypted records tell."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.source import Direction, PacketSource, Side
from analyzer.model.tls import Cadence, Locked, RecordFacts, Sign, TlsAlert, TlsFacts
from analyzer.session.cadence import cadence_of, is_alert
from tests.session.conversation import PROFILE, at, ns

SECOND = 1_000_000_000
Records = Iterable[tuple[float, int]]


def records(said: Records, *, more: int = 0, last: float | None = None) -> RecordFacts:
    """Records of a side: second and length; `more` that are not told one by one."""
    told = list(said)
    seconds = last if last is not None else (told[-1][0] if told else None)
    return RecordFacts(
        records=len(told) + more,
        application=len(told) + more,
        times_ns=tuple(ns(second) for second, _ in told),
        lengths=tuple(length for _, length in told),
        last_ns=None if seconds is None else ns(seconds),
        last_octets=(told[-1][1] if last is None else 19) if told else 0,
        last_source=None if seconds is None else at(seconds),
        previous_ns=ns(told[-2][0]) if len(told) > 1 else None,
    )


def facts(client: Records = (), server: Records = (), **fields: object) -> TlsFacts:
    values: dict[str, object] = {
        "version": "TLS 1.3",
        "locked": Locked.NO_KEYS,
        "to_server": records(client),
        "to_client": records(server),
    }
    return TlsFacts(**(values | fields))  # type: ignore[arg-type]


def cadence(client: Records = (), server: Records = (), **fields: object) -> Cadence:
    return cadence_of(facts(client, server, **fields), PROFILE)


def pings(count: int, *, every: float = 10.0, start: float = 0.0) -> tuple[Records, Records]:
    asked = [(start + every * n, 120 + n % 3) for n in range(count)]
    return asked, [(second + 0.02, 90) for second, _ in asked]


def test_nothing() -> None:
    assert cadence() == Cadence()


def test_pings_hold() -> None:
    found = cadence(*pings(30))
    assert (found.pings, found.ping_octets, found.signs) == (30, 120, (Sign.PINGS,))
    assert (found.ping_interval_ns, found.ping_longest_ns) == (10 * SECOND, 10 * SECOND)
    assert (found.last_ns, found.last_by) == (ns(290.02), Side.SERVER)
    assert found.last_client_ns == ns(290.0)
    assert found.is_live


def test_pings_break_off_for_a_minute() -> None:
    early, late = pings(6), pings(6, start=120.0)
    found = cadence([*early[0], *late[0]], [*early[1], *late[1]])
    assert found.pings == 12
    assert (found.ping_interval_ns, found.ping_longest_ns) == (10 * SECOND, 70 * SECOND)
    assert found.silence_ns == 69_980_000_000


def test_pings_stop_while_the_server_goes_on() -> None:
    asked, answered = pings(6)
    found = cadence(asked, [*answered, (80.0, 900), (95.0, 900)])
    assert found.ping_longest_ns == 45 * SECOND


def test_pings_among_events() -> None:
    asked, answered = pings(20)
    events = [(7.0 + 13.0 * n, 1070) for n in range(12)]
    found = cadence(asked, sorted([*answered, *events]))
    assert found.pings >= 18
    assert found.unasked >= 10


@pytest.mark.parametrize("every", [4.0, 7.0, 15.0])
def test_another_interval_is_no_ping_of_the_profile(every: float) -> None:
    assert cadence(*pings(10, every=every)).pings == 0


def test_two_may_be_chance() -> None:
    assert cadence(*pings(2)).pings == 0
    assert cadence(*pings(3)).pings == 3


@pytest.mark.parametrize(("asked", "answered"), [(600, 90), (120, 600)])
def test_a_ping_and_its_answer_are_small(asked: int, answered: int) -> None:
    client = [(10.0 * n, asked) for n in range(9)]
    assert cadence(client, [(second + 0.1, answered) for second, _ in client]).pings == 0


def test_a_late_answer_answers_no_ping() -> None:
    client = [(10.0 * n, 120) for n in range(9)]
    assert cadence(client, [(second + 3.0, 90) for second, _ in client]).pings == 0


def test_what_comes_unasked() -> None:
    found = cadence([(0.0, 550)], [(0.1, 200), (0.4, 300), (0.45, 300), (9.0, 300), (20.0, 300)])
    assert found.unasked == 3
    assert found.signs == (Sign.UNASKED,)
    # A download that stalls: long records.
    assert cadence([(0.0, 550)], [(n * 1.0, 16_401) for n in range(9)]).unasked == 0


def test_a_browser_offers_http_1_alone_for_a_websocket() -> None:
    assert cadence(alpn_offered=("http/1.1",)).signs == (Sign.HTTP_1,)
    assert cadence(alpn_offered=("h2", "http/1.1")).signs == ()
    assert cadence(alpn_offered=("xmpp-client",)).signs == (Sign.XMPP,)


def test_a_long_life_with_traffic() -> None:
    client = [(25.0 * n, 700) for n in range(30)]
    server = [(second + 0.1, 5_000) for second, _ in client]
    assert cadence(client, server).signs == (Sign.LONG,)
    assert cadence(client).signs == ()
    assert cadence(client[:20], server[:20]).signs == ()
    assert cadence([*client[:5], *client[10:]], [*server[:5], *server[10:]]).signs == ()


def test_small_messages_of_the_client() -> None:
    found = cadence([(0.0, 550), (0.1, 114), (0.2, 160), (0.3, 114)])
    assert (found.messages, found.is_live) == (3, False)
    assert cadence([(0.1 * n, 114) for n in range(4)]).is_live


@pytest.mark.parametrize(
    ("version", "closed"), [("TLS 1.3", True), (None, True), ("TLS 1.2", False)]
)
def test_what_closes_tls_1_3_looks_like_data(version: str | None, closed: bool) -> None:
    found = cadence([(0.0, 114)], [(0.1, 90), (5.0, 19)], version=version)
    assert found.closed_by == (Side.SERVER if closed else None)
    assert found.closed_source == (at(5.0) if closed else None)
    assert found.last_ns == ns(0.1 if closed else 5.0)


def test_who_closes_first() -> None:
    found = cadence([(0.0, 114), (4.0, 19)], [(0.1, 90), (5.0, 19)])
    assert (found.closed_by, found.closed_source) == (Side.CLIENT, at(4.0))
    assert cadence([(4.0, 19)]).last_ns is None


@pytest.mark.parametrize("description", ["close_notify", None])
def test_an_alert_closes_tls_1_2(description: str | None) -> None:
    alerts = (
        TlsAlert(
            direction=Direction.TO_SERVER, fatal=None, description=description, source=at(3.0)
        ),
        TlsAlert(
            direction=Direction.TO_CLIENT, fatal=True, description="internal_error", source=at(2.0)
        ),
    )
    found = cadence([(0.0, 114)], [(0.1, 90)], version="TLS 1.2", alerts=alerts)
    assert (found.closed_by, found.closed_source) == (Side.CLIENT, at(3.0))


def test_an_alert_of_the_server() -> None:
    alert = TlsAlert(
        direction=Direction.TO_CLIENT, fatal=False, description="close_notify", source=at(2.0)
    )
    assert cadence(alerts=(alert,)).closed_by is Side.SERVER


def test_only_the_beginning_of_a_long_session_is_known_one_by_one() -> None:
    asked, answered = pings(6)
    found = cadence(
        to_server=records(asked, more=9, last=500.0),
        to_client=records(answered, more=9, last=501.0),
    )
    assert (found.pings, found.ping_longest_ns) == (6, 10 * SECOND)
    # What closes TLS is told apart all the same.
    assert (found.closed_by, found.closed_source) == (Side.CLIENT, at(500.0))
    assert (found.last_ns, found.last_client_ns) == (ns(40.02), ns(40.0))


def test_an_alert_in_place_of_finished() -> None:
    assert is_alert(records([(0.0, 19)]))
    assert not is_alert(records([(0.0, 53), (0.1, 19)]))
    assert not is_alert(records([]))


lanes = st.lists(st.tuples(st.integers(0, 2_000).map(float), st.integers(0, 2_000)), max_size=60)


@given(lanes, lanes)
def test_any_records_make_sense(client: Records, server: Records) -> None:
    found = cadence(client, server)
    assert 0 <= found.pings <= len(list(client))
    assert (found.ping_interval_ns is None) == (not found.pings)
    assert (found.ping_longest_ns or 0) >= (found.ping_interval_ns or 0)
    assert found.silence_ns >= 0
    assert isinstance(found.closed_source, PacketSource) == (found.closed_by is not None)
