"""A comparison in sentences."""

from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model.comparison import (
    Arrival,
    ArrivalKind,
    ChangeKind,
    Choice,
    Comparison,
    CountKind,
    Divergence,
    Fact,
    FactKind,
    Latency,
    LatencyKind,
    Note,
    NoteKind,
    Result,
    Role,
)
from analyzer.model.rule import Effect, Severity
from analyzer.model.session import CloseKind, SessionClose, Step, StepName, StepStatus
from analyzer.model.source import Side
from analyzer.model.xmpp import SaslFailure, Stanza, StanzaError, StanzaKind
from analyzer.report.comparison.story import (
    arrival,
    fact_value,
    finding_titles,
    headline,
    latency_label,
    listed,
    note,
    summary,
    tag,
)
from analyzer.report.language.texts import plain
from analyzer.report.language.words import words
from tests.report.comparisons import MS, empty, parted, same, side
from tests.report.reports import finding, har_place, har_session, refused, stanza

WORDS = words("en")


def test_every_word_of_the_model_has_its_word() -> None:
    wanted = [
        *(f"result.{one}" for one in Result),
        *(f"part.{one}" for one in StepName),
        *(f"choice.{one}" for one in Choice),
        *(f"change.{one}" for one in ChangeKind),
        *(f"{key}.{one}" for one in LatencyKind for key in ("latency", "took")),
        *(f"count.{one}" for one in CountKind),
        *(f"differ.{one}" for one in FactKind),
        *(f"noun.{one}" for one in FactKind if one not in _TOLD_ONLY),
        *(f"note.{one}" for one in NoteKind),
        *(f"close.{one}" for one in CloseKind if one not in ("open", "unknown")),
        *(f"{key}.{role}" for role in Role for key in ("role", "Role", "mark.slower")),
    ]
    assert [key for key in wanted if not WORDS.get(key)] == []


_TOLD_ONLY = {FactKind.AGENT, FactKind.CLIENT, FactKind.END, FactKind.RECORDED}


def test_the_sentence_to_paste() -> None:
    assert summary(parted(), WORDS) == (
        "The bad session parts from the good one at authentication: good got <stream:features> "
        "PLAIN after 10 ms, bad got <failure> not-authorized after 23 ms."
    )
    captured = [piece.text for piece in headline(parted(), WORDS) if piece.captured]
    assert captured == ["<stream:features> PLAIN", "<failure> not-authorized"]
    assert summary(same(), WORDS) == "No difference that matters."
    assert summary(same(result=Result.UNTOLD), WORDS) == (
        "No difference in what both recordings show, which is not the whole of both sessions."
    )
    assert summary(empty(), WORDS) == "The bad recording holds no session to compare."
    nothing = replace(empty(), good=empty().bad, bad=empty().good)
    assert summary(nothing, WORDS) == "The good recording holds no session to compare."


def latency(kind: LatencyKind, good: int, bad: int, slower: Role | None, **fields: Any) -> Latency:
    return Latency(kind=kind, good_ns=good * MS, bad_ns=bad * MS, slower=slower, **fields)


@pytest.mark.parametrize(
    ("latencies", "told"),
    [
        (
            (
                latency(LatencyKind.LOGIN, 1, 9_999, Role.BAD),
                latency(LatencyKind.STEP, 4, 8_030, Role.BAD, step=StepName.PUBSUB),
                latency(LatencyKind.STEP, 4, 5, None, step=StepName.AUTH),
            ),
            (
                "but the bad session is slower: the step Subscriptions took 8.0 s, in the good one "
                "4.0 ms."
            ),
        ),
        (
            (latency(LatencyKind.PING, 3_000, 10, Role.GOOD),),
            "but the good session is slower: a ping took 3.0 s, in the bad one 10 ms.",
        ),
        (
            (
                latency(
                    LatencyKind.REQUEST,
                    4,
                    8_030,
                    Role.BAD,
                    step=StepName.AUTH,
                    stanza=har_session().stanzas[2],
                ),
            ),
            (
                "but the bad session is slower: the answer to <auth> PLAIN as "
                "agent1001 took 8.0 s, "
                "in the good one 4.0 ms."
            ),
        ),
    ],
)
def test_slower(latencies: tuple[Latency, ...], told: str) -> None:
    comparison = same(result=Result.SLOWER, latencies=latencies)
    assert summary(comparison, WORDS) == f"Every step goes the same way in both, {told}"


def fact(kind: FactKind, good: str | None, bad: str | None, **fields: Any) -> Fact:
    return Fact(kind=kind, good=good, bad=bad, **fields)


def test_other_surroundings() -> None:
    def told(*facts: Fact, **fields: Any) -> str:
        return summary(same(result=Result.SURROUNDINGS, facts=facts, **fields), WORDS)

    way = "Both sessions go the same way to the end"
    port, path = fact(FactKind.PORT, "1", "2"), fact(FactKind.PATH, "/" * 30, "/")
    assert told(port, fact(FactKind.AGENT, "a", "b", matters=False)) == (
        f"{way}; they differ in the port (1, 2)."
    )
    via = fact(FactKind.HEADER, None, "p\n", name="via\x1b")
    assert told(port, path, via) == (
        f"{way}; they differ in the port (1, 2), the path and the response field via\\x1b."
    )
    assert told(port, notes=(Note(NoteKind.HIDDEN, Role.BAD),)) == (
        "As far as both recordings show, the sessions go the same way; they differ in the port "
        "(1, 2)."
    )


def test_a_finding_that_only_one_has() -> None:
    found = (
        finding("CQ-007", effect=Effect.NONE, severity=Severity.INFO, values={"count": 1}),
        finding("SA-007", effect=Effect.DEGRADES),
    )
    comparison = same(
        result=Result.SURROUNDINGS, only_good=found, only_bad=found[:1], bad=side(refused())
    )
    assert summary(comparison, WORDS) == (
        "Both sessions go the same way to the end; only the good one has SA-007: The server "
        "refused the user name or password of agent1001."
    )


def test_many_are_listed_once_and_then_counted() -> None:
    assert listed(["a"], WORDS) == "a"
    assert listed(["a", "b", "a"], WORDS) == "a and b"
    assert listed(["a", "b", "c", "d"], WORDS) == "a, b, c and d"
    assert listed(["a", "b", "c", "d", "e", "f"], WORDS) == "a, b, c, d and 2 more"


SENT = Arrival(kind=ArrivalKind.SENT, stanza=har_session().stanzas[2])
GOT = Arrival(kind=ArrivalKind.GOT, stanza=har_session().stanzas[3])


def had(one: Arrival, step: StepName = StepName.AUTH, other: Arrival = GOT) -> str:
    told = arrival(Divergence(step=step, good=other, bad=one), Role.BAD, WORDS)
    return plain(told)


def ended(kind: CloseKind, **fields: Any) -> Arrival:
    return Arrival(kind=ArrivalKind.END, close=SessionClose(kind=kind, **fields))


def step(name: StepName, status: StepStatus, detail: str | None = None) -> Arrival:
    made = Step(name=name, status=status, detail=detail)
    return Arrival(kind=ArrivalKind.STEP, step=made)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (had(SENT), "sent <auth> PLAIN as agent1001"),
        (had(replace(SENT, after_ns=MS)), "sent <auth> PLAIN as agent1001"),
        (had(GOT), "got <failure> not-authorized"),
        (had(Arrival(kind=ArrivalKind.NOTHING)), "got nothing"),
        (had(Arrival(kind=ArrivalKind.NOTHING), other=SENT), "sent nothing more"),
        (had(Arrival(kind=ArrivalKind.NO_STEP)), "has no such step"),
        (had(ended(CloseKind.FIN)), "got nothing until its end (a TCP FIN)"),
        (
            had(replace(ended(CloseKind.RST, by=Side.SERVER), after_ns=2_000 * MS)),
            "got nothing until its end 2.0 s later (a TCP reset by the server)",
        ),
        (
            had(replace(ended(CloseKind.XMPP_CLOSE), after_ns=2_000 * MS), other=SENT),
            "sent nothing more before its end 2.0 s later (<close/>)",
        ),
        (had(ended(CloseKind.OPEN)), "was still open when the recording ended"),
        (had(ended(CloseKind.UNKNOWN)), "went on, and its end was not recorded"),
        (had(Arrival(kind=ArrivalKind.END)), "went on, and its end was not recorded"),
        (
            had(
                ended(
                    CloseKind.WEBSOCKET_CLOSE,
                    by=Side.SERVER,
                    orderly=False,
                    code=1012,
                    reason="re\nstart",
                    idle_ns=5_700 * MS,
                ),
                StepName.LIVE,
            ),
            (
                "ended with a WebSocket Close by the server (1012 re\\nstart), 5.7 s "
                "after the last "
                "stanza"
            ),
        ),
        (
            had(ended(CloseKind.XMPP_CLOSE, orderly=True, code=1000, idle_ns=5), StepName.LIVE),
            "ended with <close/>",
        ),
        (
            had(ended(CloseKind.BOSH_ERROR, condition="item-not-found"), StepName.LIVE),
            "ended with an end of BOSH (item-not-found)",
        ),
        (had(step(StepName.CONNECT, StepStatus.DONE)), "connected"),
        (had(step(StepName.TLS, StepStatus.LATE)), "finished the handshake"),
        (had(step(StepName.UPGRADE, StepStatus.DONE, "101")), "got HTTP 101"),
        (had(step(StepName.UPGRADE, StepStatus.FAILED, "net::X")), "failed with net::X"),
        (had(step(StepName.TLS, StepStatus.FAILED)), "failed"),
        (had(step(StepName.UPGRADE, StepStatus.NOT_CAPTURED)), "came past it, unrecorded"),
        (had(step(StepName.PUBSUB, StepStatus.DONE)), "went through it"),
        (had(step(StepName.LIVE, StepStatus.FAILED, "ping")), "got no answer to its pings"),
    ],
)
def test_what_one_of_them_has(told: str, says: str) -> None:
    assert told == says


def test_an_error_is_told_with_its_request() -> None:
    def iq(name: str, **fields: Any) -> Stanza:
        return stanza("S>", StanzaKind.IQ, "", har_place(1, 0), id=name, **fields)

    refused = StanzaError(type="cancel", condition="item-not-found")
    asked, answer = iq("7", type="set"), iq("7", type="error", error=refused)
    one = Arrival(kind=ArrivalKind.GOT, stanza=answer, asked=asked, after_ns=3 * MS)
    assert had(one) == "got <iq> error item-not-found for <iq> set after 3.0 ms"
    assert had(replace(one, asked=None)) == "got <iq> error item-not-found after 3.0 ms"
    assert had(replace(one, stanza=iq("7", type="result"))) == "got <iq> result after 3.0 ms"


def test_a_stanza_as_one_says_it() -> None:
    def made(kind: StanzaKind, **fields: Any) -> Stanza:
        return stanza("S>", kind, "", har_place(1, 0), **fields)

    assert tag(made(StanzaKind.SUCCESS), WORDS) == "<success/>"
    assert tag(made(StanzaKind.IQ, type="result"), WORDS) == "<iq> result"
    text = SaslFailure(condition="not-authorized", text='Sorry "you"')
    assert tag(made(StanzaKind.FAILURE, payload=text), WORDS) == "<failure> not-authorized"
    long = SaslFailure(condition="x" * 500)
    assert len(tag(made(StanzaKind.FAILURE, payload=long), WORDS)) <= 110
    unseen = made(StanzaKind.OTHER, name="{x}\u202e\x00")
    assert tag(unseen, WORDS).isprintable()


def test_labels_notes_and_titles() -> None:
    first, second, third = parted().latencies
    assert latency_label(first, WORDS) == "Login"
    assert latency_label(second, WORDS) == "Step Stream opened"
    assert latency_label(third, WORDS) == "Request <open> to finesse.example.test"
    assert note(Note(NoteKind.CUT), WORDS).startswith("The sessions are so long")
    assert note(Note(NoteKind.NO_SESSION, Role.BAD), WORDS) == (
        "The bad recording holds no session."
    )
    one = side(refused(findings=(finding("SA-007"),)))
    assert finding_titles(one, WORDS) == [
        ("SA-007", "Error", "The server refused the user name or password of agent1001")
    ]


def test_a_comparison_that_parts_nowhere_is_still_told() -> None:
    odd: Comparison = same(result=Result.PARTED)
    assert summary(odd, WORDS) == "They part."


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (FactKind.ENCRYPTED, "yes", "yes"),
        (FactKind.SUBPROTOCOL, "xmpp", "xmpp"),
        (FactKind.EXTENSIONS, "none", "none"),
        (FactKind.ISSUER, "itself", "itself"),
        (FactKind.ISSUER, "CN=Lab", "CN=Lab"),
        (FactKind.CARRIER, "websocket", "websocket"),
        (FactKind.RECORDED, "har", "har"),
        (FactKind.END, "fin by server", "fin by server"),
        (FactKind.END, "open", "open"),
        (FactKind.HOST, "yes", "yes"),
    ],
)
def test_english_says_the_value_of_a_fact_as_it_is(kind: FactKind, value: str, said: str) -> None:
    assert fact_value(kind, value, WORDS) == said
