"""Each step of the stream with what can become of it (RFC 6120, XEP-0060)."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.session import Step, StepName, StepStatus
from analyzer.model.source import Direction, Side, Source
from tests.rules.climb import climb
from tests.session.conversation import (
    AVAILABLE,
    BIND,
    BOUND,
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
    at,
    auth,
    error,
    event,
    failure,
    goodbye,
    har_end,
    iq,
    login,
    ping,
    pubsub,
    session,
    stream_error,
    tcp,
)

DONE, LATE, FAILED, NOT_CAPTURED, MISSING = (
    StepStatus.DONE,
    StepStatus.LATE,
    StepStatus.FAILED,
    StepStatus.NOT_CAPTURED,
    StepStatus.MISSING,
)
STILL_OPEN = [tcp(EndCause.CAPTURE_END, 100.0)]


def step(name: StepName, lines: list[Line], still_open: bool = False, **changes: object) -> Step:
    profile = replace(PROFILE, **changes)
    one = session(lines, STILL_OPEN if still_open else None, profile=profile)
    found = one.step(name)
    assert found is not None
    return found


def then(until: StepName, *said: tuple[float, str, str]) -> list[Line]:
    """A login, then messages at seconds counted from its end."""
    lines = login(until)
    end = lines[-1][0]
    return lines + [(end + seconds, direction, text) for seconds, direction, text in said]


# open


def test_open_is_answered_by_open() -> None:
    found = step(StepName.OPEN, login(StepName.OPEN))
    assert (found.status, found.latency_ns) == (DONE, 50_000_000)


@pytest.mark.parametrize("answer", [(), ((0.1, "S>", OPENED),)])
def test_a_stream_error_in_the_place_of_features_fails_open(
    answer: tuple[Line, ...],
) -> None:
    """Openfire answers `<open/>` and then says host-unknown; others do not even answer."""
    lines = [(0.0, "C>", OPEN), *answer, (0.2, "S>", stream_error("host-unknown"))]
    found = step(StepName.OPEN, lines)
    assert (found.status, found.detail, found.answered) == (FAILED, "host-unknown", at(0.2))


def test_a_stream_error_behind_the_features_does_not_fail_open() -> None:
    lines = then(StepName.OPEN, (0.1, "S>", stream_error("system-shutdown")))
    assert step(StepName.OPEN, lines).status is DONE
    assert step(StepName.AUTH, lines).status is MISSING


def test_a_server_that_opens_unasked_does_not_open() -> None:
    assert step(StepName.OPEN, [(0.0, "S>", OPENED)]).status is MISSING


# auth


def test_auth_tells_its_mechanism() -> None:
    assert step(StepName.AUTH, login(StepName.AUTH)).detail == "PLAIN"


def test_a_sasl_failure_fails_auth_with_its_condition() -> None:
    lines = then(StepName.OPEN, (0.1, "C>", auth()), (0.2, "S>", failure("not-authorized")))
    found = step(StepName.AUTH, lines)
    assert (found.status, found.detail) == (FAILED, "not-authorized")
    assert found.latency_ns == 100_000_000


def test_a_failure_without_condition() -> None:
    nameless = failure("x").replace("<x/>", "")
    lines = then(StepName.OPEN, (0.1, "C>", auth()), (0.2, "S>", nameless))
    assert step(StepName.AUTH, lines).detail is None


def test_of_several_attempts_the_one_that_succeeds_counts() -> None:
    lines = then(
        StepName.OPEN,
        (0.1, "C>", auth(mechanism="SCRAM-SHA-1")),
        (0.2, "S>", failure("invalid-mechanism")),
        (0.3, "C>", auth()),
        (0.4, "S>", SUCCESS),
    )
    found = step(StepName.AUTH, lines)
    assert (found.status, found.detail) == (DONE, "PLAIN")
    assert (found.asked, found.answered) == (at(0.4), at(0.5))


def test_of_several_refusals_the_last_counts() -> None:
    lines = then(
        StepName.OPEN,
        (0.1, "C>", auth()),
        (0.2, "S>", failure("not-authorized")),
        (0.3, "C>", auth()),
        (0.4, "S>", failure("temporary-auth-failure")),
    )
    assert step(StepName.AUTH, lines).detail == "temporary-auth-failure"
    assert step(StepName.AUTH, lines[:-1]).detail is None
    assert step(StepName.AUTH, lines[:-1]).answered is None


def test_more_outcomes_than_attempts() -> None:
    lines = then(
        StepName.OPEN,
        (0.1, "C>", auth()),
        (0.2, "S>", failure("not-authorized")),
        (0.3, "S>", SUCCESS),
    )
    assert step(StepName.AUTH, lines).asked == at(0.2)


def test_an_outcome_whose_auth_was_not_seen() -> None:
    assert step(StepName.AUTH, [(0.0, "S>", SUCCESS)]).status is MISSING


def test_a_stream_error_in_the_place_of_an_outcome() -> None:
    lines = then(StepName.OPEN, (0.1, "C>", auth()), (0.2, "S>", stream_error("policy-violation")))
    found = step(StepName.AUTH, lines)
    assert (found.status, found.detail) == (FAILED, "policy-violation")


def test_auth_unanswered() -> None:
    lines = then(StepName.OPEN, (0.1, "C>", auth()))
    found = step(StepName.AUTH, lines)
    assert (found.status, found.asked, found.answered) == (FAILED, at(0.2), None)


# bind and session


def test_bind_tells_the_resource() -> None:
    assert step(StepName.BIND, login(StepName.BIND)).detail == "desktop"


def test_bind_refused() -> None:
    refused = iq("error", "b1", error("conflict"))
    lines = then(StepName.AUTH, (0.1, "C>", BIND), (0.2, "S>", refused))
    found = step(StepName.BIND, lines)
    assert (found.status, found.detail) == (FAILED, "conflict")


def test_a_refusal_that_does_not_say_why() -> None:
    lines = then(StepName.AUTH, (0.1, "C>", BIND), (0.2, "S>", iq("error", "b1")))
    found = step(StepName.BIND, lines)
    assert (found.status, found.detail) == (FAILED, None)


def test_a_second_bind_that_succeeds_counts() -> None:
    lines = then(
        StepName.AUTH,
        (0.1, "C>", BIND),
        (0.2, "S>", iq("error", "b1", error("conflict"))),
        (0.3, "C>", BIND),
        (0.4, "S>", BOUND),
    )
    assert step(StepName.BIND, lines).status is DONE


def test_a_bind_result_without_address() -> None:
    empty = iq("result", "b1", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
    lines = then(StepName.AUTH, (0.1, "C>", BIND), (0.2, "S>", empty))
    found = step(StepName.BIND, lines)
    assert (found.status, found.detail) == (DONE, None)
    lines = then(StepName.AUTH, (0.1, "C>", BIND), (0.2, "S>", iq("result", "b1")))
    assert step(StepName.BIND, lines).detail is None


def test_bind_unanswered() -> None:
    lines = then(StepName.AUTH, (0.1, "C>", BIND))
    assert step(StepName.BIND, lines).status is FAILED


def test_session_refused() -> None:
    refused = iq("error", "s1", error("internal-server-error"))
    lines = then(StepName.BIND, (0.1, "C>", SESSION), (0.2, "S>", refused))
    found = step(StepName.SESSION, lines)
    assert (found.status, found.detail) == (FAILED, "internal-server-error")


def required(text: str) -> str:
    session_feature = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"
    return text.replace("</stream:features>", f"{session_feature}</stream:features>")


def test_session_is_expected_only_where_the_server_requires_it() -> None:
    lines = login(StepName.BIND)
    assert session(lines).step(StepName.SESSION) is None
    lines = [(time, way, required(text)) for time, way, text in lines]
    assert step(StepName.SESSION, lines).status is MISSING
    went_on = [*lines, (2.0, "C>", AVAILABLE), (2.1, "S>", PEER)]
    assert session(went_on).step(StepName.SESSION) is None


# presence


def test_the_desktop_waits_for_finesse() -> None:
    found = step(StepName.PRESENCE, login(StepName.PRESENCE))
    assert (found.status, found.latency_ns) == (DONE, 50_000_000)


def test_the_peer_comes_late() -> None:
    lines = then(StepName.SESSION, (0.1, "C>", AVAILABLE), (6.0, "S>", PEER))
    assert step(StepName.PRESENCE, lines).status is LATE


@pytest.mark.parametrize(
    ("sender", "status"),
    [
        ("finesse@example.test/x", DONE),
        ("FINESSE@example.test", DONE),
        ("cuic.1@example.test", DONE),
        ("cuic@example.test", FAILED),
        ("finesse2@example.test", FAILED),
        ("finesse", FAILED),
    ],
)
def test_which_peer_it_is(sender: str, status: StepStatus) -> None:
    lines = then(
        StepName.SESSION,
        (0.1, "C>", AVAILABLE),
        (0.2, "S>", PEER.replace("finesse@example.test/x", sender)),
    )
    assert step(StepName.PRESENCE, lines, still_open=True).status is status


def test_finesse_never_shows() -> None:
    lines = then(StepName.SESSION, (0.1, "C>", AVAILABLE))
    found = step(StepName.PRESENCE, lines, still_open=True)
    assert (found.status, found.answered) == (FAILED, None)
    assert found.asked is not None


def test_a_session_that_ends_before_the_wait_is_over_tells_nothing() -> None:
    lines = then(StepName.SESSION, (0.1, "C>", AVAILABLE))
    assert step(StepName.PRESENCE, lines).status is NOT_CAPTURED


def test_a_client_that_goes_on_was_content_without_the_peer() -> None:
    subscribed = [
        (0.3, "C>", pubsub("subscribe", "u1")),
        (0.4, "S>", pubsub("subscription", "u1", "result")),
    ]
    own = f"<presence xmlns='jabber:client' from='{JID}' to='{JID}'/>"
    lines = then(StepName.SESSION, (0.1, "C>", AVAILABLE), (0.2, "S>", own), *subscribed)
    found = step(StepName.PRESENCE, lines, still_open=True)
    assert (found.status, found.latency_ns) == (DONE, 100_000_000)
    lines = then(StepName.SESSION, (0.1, "C>", AVAILABLE), (0.2, "S>", event()))
    assert step(StepName.PRESENCE, lines, still_open=True).status is DONE


def test_a_profile_without_peers_waits_for_nobody() -> None:
    lines = then(StepName.SESSION, (0.1, "C>", AVAILABLE))
    found = step(StepName.PRESENCE, lines, presence_peers=())
    assert (found.status, found.answered) == (DONE, None)


def test_a_presence_before_bind_does_not_count() -> None:
    """One server drops it in silence, another refuses it."""
    refused = (
        f"<presence xmlns='jabber:client' type='error'>{error('service-unavailable')}</presence>"
    )
    early: list[Line] = [*login(StepName.AUTH), (0.3, "C>", AVAILABLE)]
    found = step(StepName.PRESENCE, [*early, (0.4, "C>", BIND), (0.5, "S>", BOUND)])
    assert (found.status, found.detail) == (FAILED, None)
    found = step(
        StepName.PRESENCE, [*early, (0.31, "S>", refused), (0.4, "C>", BIND), (0.5, "S>", BOUND)]
    )
    assert (found.status, found.detail, found.answered) == (
        FAILED,
        "service-unavailable",
        at(0.31),
    )
    again: list[Line] = [(0.4, "C>", BIND), (0.5, "S>", BOUND), (0.6, "C>", AVAILABLE)]
    found = step(StepName.PRESENCE, [*early, *again, (0.7, "S>", PEER)])
    assert (found.status, found.asked) == (DONE, at(0.6))


def test_a_directed_presence_is_not_the_own_one() -> None:
    directed = "<presence xmlns='jabber:client' to='x@example.test'/>"
    lines = then(StepName.SESSION, (0.1, "C>", directed))
    assert step(StepName.PRESENCE, lines).status is MISSING


# pubsub


def test_a_subscription_is_answered() -> None:
    assert step(StepName.PUBSUB, login(StepName.PUBSUB)).status is DONE


def test_the_slowest_subscription_counts() -> None:
    lines = then(
        StepName.PUBSUB,
        (0.1, "C>", pubsub("subscribe", "u2")),
        (2.2, "S>", pubsub("subscription", "u2", "result")),
    )
    found = step(StepName.PUBSUB, lines)
    assert (found.status, found.latency_ns) == (LATE, 2_100_000_000)


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (error("item-not-found"), "item-not-found"),
        (
            error(
                "bad-request",
                "<invalid-jid xmlns='http://jabber.org/protocol/pubsub#errors'/>",
            ),
            "invalid-jid",
        ),
    ],
)
def test_one_refused_subscription_fails_the_step(answer: str, detail: str) -> None:
    lines = then(
        StepName.PUBSUB,
        (0.1, "C>", pubsub("subscribe", "u2")),
        (0.2, "S>", iq("error", "u2", answer)),
    )
    found = step(StepName.PUBSUB, [*lines, *goodbye(3.0)])
    assert (found.status, found.detail) == (FAILED, detail)
    live = session([*lines, *goodbye(3.0)]).step(StepName.LIVE)
    assert live is not None
    assert live.status is DONE


def test_a_subscription_without_answer() -> None:
    lines = then(StepName.PUBSUB, (0.1, "C>", pubsub("subscribe", "u2")))
    assert step(StepName.PUBSUB, lines, still_open=True).status is FAILED


def test_finesse_subscribes_its_desktops_by_itself() -> None:
    found = step(StepName.PUBSUB, then(StepName.PRESENCE, (0.1, "S>", event())))
    assert (found.status, found.asked) == (DONE, None)
    assert step(StepName.PUBSUB, login(StepName.PRESENCE), still_open=True).status is NOT_CAPTURED


def test_an_unsubscribe_is_no_subscription() -> None:
    lines = then(StepName.PRESENCE, (0.1, "C>", pubsub("unsubscribe", "n1")))
    assert step(StepName.PUBSUB, lines).status is NOT_CAPTURED


# live


def live(lines: list[Line], end: list[object] | None = None, *, har: bool = False) -> Step:
    found = session(lines, end, har=har).step(StepName.LIVE)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_session_that_is_still_open_lives() -> None:
    assert live(login(), list(STILL_OPEN)).status is DONE
    assert live(login(StepName.PUBSUB), list(STILL_OPEN)).status is DONE
    found = live(login()[:-2], list(STILL_OPEN))
    assert found.asked is None
    assert found.answered is not None


def test_a_good_bye_is_an_orderly_end() -> None:
    assert live([*login(), *goodbye(5.0)]).status is DONE


@pytest.mark.parametrize(
    ("end", "detail"),
    [
        (tcp(EndCause.RST, 9.0, Side.SERVER), "rst"),
        (tcp(EndCause.FIN, 9.0, Side.SERVER), "fin"),
    ],
)
def test_a_lost_connection_ends_it(end: object, detail: str) -> None:
    found = live(login(), [end])
    assert (found.status, found.detail) == (FAILED, detail)


def test_a_closed_socket_of_a_har_without_good_bye() -> None:
    found = live(login(), list(har_end(9.0)), har=True)
    assert (found.status, found.detail) == (FAILED, "closed")
    assert live([*login(), *goodbye(5.0)], list(har_end(9.0)), har=True).status is DONE
    assert live(login(), list(har_end(9.0, is_open=True)), har=True).status is DONE


def test_a_second_login_throws_it_out() -> None:
    lines = then(StepName.LIVE, (1.0, "S>", stream_error("conflict")), (1.1, "S>", CLOSE))
    found = live(lines)
    assert (found.status, found.detail) == (FAILED, "conflict")


def test_the_desktop_gives_up_after_the_second_ping() -> None:
    """Ping, 10 s of silence, ping, and nothing more; answers may still arrive."""
    pings: list[Line] = [(10.0, "C>", ping("p2")), (20.0, "C>", ping("p3"))]
    assert live([*login(), *pings], list(STILL_OPEN)).detail == "ping"
    answers = [(22.4, "S>", iq("result", "p2")), (22.5, "S>", iq("result", "p3"))]
    assert live([*login(), *pings, *answers], list(STILL_OPEN)).detail == "ping"
    left: list[Line] = [(23.0, "C>", UNAVAILABLE), (23.1, "C>", CLOSE)]
    assert live([*login(), *pings, *answers, *left], list(STILL_OPEN)).detail == "ping"
    more: list[Line] = [(30.0, "C>", ping("p4")), (30.1, "S>", iq("result", "p4"))]
    assert live([*login(), *pings, *answers, *more], list(STILL_OPEN)).status is DONE


def test_pings_in_time_are_no_fault() -> None:
    pings: list[Line] = [
        (10.0, "C>", ping("p2")),
        (10.1, "S>", iq("result", "p2")),
        (20.0, "C>", ping("p3")),
        (20.1, "S>", iq("result", "p3")),
    ]
    assert live([*login(), *pings], list(STILL_OPEN)).status is DONE


def test_a_server_that_falls_silent() -> None:
    lines: list[Line] = [*login(), (10.0, "C>", ping("p2"))]
    assert live(lines, list(STILL_OPEN)).detail == "ping"
    assert live(lines, [tcp(EndCause.CAPTURE_END, 15.0)]).status is DONE
    # It still talks: the ping was lost, not the session.
    assert live([*lines, (30.0, "S>", event("9"))], list(STILL_OPEN)).status is DONE


def test_a_login_that_failed_cannot_live() -> None:
    lines = then(StepName.OPEN, (0.1, "C>", auth()), (0.2, "S>", failure("not-authorized")))
    assert live(lines).status is MISSING


@pytest.mark.parametrize(
    ("way", "place", "status"),
    [
        (Direction.TO_CLIENT, at(20.0), NOT_CAPTURED),
        (Direction.TO_CLIENT, None, NOT_CAPTURED),
        (Direction.TO_CLIENT, at(5.0), FAILED),
        (Direction.TO_SERVER, at(20.0), FAILED),
    ],
)
def test_answers_to_pings_may_lie_in_a_hole(
    way: Direction, place: Source | None, status: StepStatus
) -> None:
    pings: list[Line] = [(10.0, "C>", ping("p2")), (20.0, "C>", ping("p3"))]
    hole = Gap(way, 7, 9, GapReason.LOST, place)
    assert live([*login(), *pings], [hole, *STILL_OPEN]).status is status


RESUME = "<resume xmlns='urn:xmpp:sm:3' h='1' previd='a'/>"
RESUMED = "<resumed xmlns='urn:xmpp:sm:3' h='1' previd='a'/>"


@pytest.mark.parametrize(
    "more", [(), ((0.3, "C>", AVAILABLE),)], ids=["nothing more", "another presence"]
)
def test_a_session_that_was_taken_up_again_needs_no_bind(more: tuple[Line, ...]) -> None:
    """XEP-0198 section 5."""
    lines = then(StepName.AUTH, (0.1, "C>", RESUME), (0.2, "S>", RESUMED), *more)
    bound = step(StepName.BIND, lines, still_open=True)
    assert (bound.status, bound.detail) == (DONE, "resumed")
    assert step(StepName.PRESENCE, lines, still_open=True).status in {DONE, LATE, NOT_CAPTURED}


@pytest.mark.parametrize(
    ("ladder", "status", "detail"),
    [
        ("5.0 C> <a/>\n5.3 C> [resent]\n5.9 C> [resent]\n9.5 C> [resent]", "failed", "unack"),
        ("5.0 C> <a/>\n5.3 C> [resent]\n5.9 C> [resent]", "done", None),
        ("5.0 C> <a/>\n5.3 C> [resent]\n5.9 C> [resent]\n9.5 S> <a/>", "done", None),
    ],
)
def test_a_way_that_died_is_no_life(ladder: str, status: str, detail: str | None) -> None:
    (session,) = climb(f"@login\n{ladder}").sessions
    found = session.step(StepName.LIVE)
    assert found is not None
    assert found.status.value == status
    assert (found.detail or "").startswith(detail or "")
