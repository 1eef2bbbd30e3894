"""The server's first stream error is the one that counts."""

from msgspec.structs import replace

from analyzer.model.rule import Effect
from analyzer.model.session import CloseKind, SessionClose
from analyzer.model.source import Side
from analyzer.model.xmpp import Stanza, StanzaKind, StreamError
from analyzer.rules.stream.errors import DEFINED, FORMAT, effect_of, final_errors
from tests.rules.said import SECOND, place, session, stanza


def error(condition: str, side: Side = Side.SERVER, second: float | None = 3.0) -> Stanza:
    said = StreamError(condition=condition, text="why", application=None)
    return stanza(side, StanzaKind.STREAM_ERROR, said, at=place(1, second))


def test_only_the_first_error_of_the_server_counts() -> None:
    first, second = error("conflict"), error("reset")
    made = session(error("bad-format", Side.CLIENT), first, second)
    found = list(final_errors(made, {"conflict"}))
    assert [one for one, _ in found] == [first]
    assert list(final_errors(made, {"reset", "bad-format"})) == []
    assert list(final_errors(session(), DEFINED)) == []


def test_values_speak_even_where_nothing_is_known() -> None:
    ((_, values),) = final_errors(session(error("conflict", second=None)), {"conflict"})
    assert (values["agent"], values["domain"], values["age_s"]) == ("the agent", "none", 0.0)
    started = replace(session(error("")), started_ns=SECOND, agent="a@b")
    ((_, values),) = final_errors(started, {""})
    assert (values["condition"], values["age_s"], values["text"]) == ("none", 2.0, "why")
    assert values["agent"] == "a@b"


def test_there_are_25_conditions() -> None:
    assert len(DEFINED) == 25
    assert FORMAT < DEFINED


def test_bad_xml_breaks_where_the_stream_was_ended_for_it() -> None:
    ended = SessionClose(kind=CloseKind.STREAM_ERROR, condition="not-well-formed")
    assert effect_of(replace(session(), close=ended)) is Effect.BREAKS
    assert effect_of(session()) is Effect.DEGRADES
