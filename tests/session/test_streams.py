"""A client that logs in anew on the same connection has a session of its own."""

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.session import CloseKind, Session
from analyzer.rules import shelf
from analyzer.session import streams
from tests.rules.climb import climb

TWO = """
    @login user=a
    9.0 C> <presence type='unavailable'/>
    9.0 C> [octets 3c613e3c2f623e]
    9.1 C> <close/>
    9.1 C> [octets 20]
    9.2 S> <close/>
    @login user=b
    19.0 C> [octets 20]
    20.0 S> [gap 10]
    21.0 S> <message to='a'
    """


def sessions(text: str, carrier: str = "@tcp") -> tuple[Session, ...]:
    return climb(f"{carrier}\n{text}").sessions


def test_two_streams() -> None:
    first, second = sessions(TWO)
    assert (first.agent, second.agent) == ("a@example.test", "b@example.test")
    assert first.stanza_count + second.stanza_count == len(first.stanzas) + len(second.stanzas)
    assert first.close.kind is CloseKind.XMPP_CLOSE
    assert second.close.kind is CloseKind.OPEN
    assert {step.status.value for step in first.steps} == {"done"}
    assert [step.status.value for step in second.steps if step.name.value != "live"] == ["done"] * 7
    assert first.ended_ns is not None
    assert second.started_ns is not None
    assert first.ended_ns <= second.started_ns
    assert (len(first.keepalives), len(second.keepalives)) == (1, 1)
    assert [one.code for one in first.anomalies] == [AnomalyCode.XML_MALFORMED]
    assert second.anomalies == ()
    assert [gap.length for gap in second.gaps] == [10]
    assert [gap.length for gap in first.gaps if gap.length != 4] == []


def test_they_are_judged_apart() -> None:
    text = "@login user=a\n9.0 C> <close/>\n9.1 S> <close/>\n@login user=b"
    findings, _ = shelf.run(climb(f"@tcp\n{text}").subjects, shelf.load())
    assert {"SA-010", "IQ-006", "PS-002"}.isdisjoint(finding.rule_id for finding in findings)


def test_beyond_the_limit_streams_are_not_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "CONNECTION_SESSIONS", 2)
    again = "\n9.0 C> <close/>\n9.1 S> <close/>\n@login"
    first, last = sessions(f"@login{again}{again}")
    assert last.stanza_count > first.stanza_count
    assert AnomalyCode.LIMIT in [one.code for one in last.anomalies]


def test_a_restart_is_none() -> None:
    assert len(sessions("@login")) == 1


def test_a_header_of_the_server_is_none() -> None:
    assert len(sessions("@login\n9.0 C> <close/>\n9.1 S> <open/>")) == 1


def test_over_websocket_there_are_none() -> None:
    close = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
    text = f"@login\n9.0 C> {close}\n9.1 S> {close}\n@login user=b"
    assert len(sessions(text, "@packets")) == 1
