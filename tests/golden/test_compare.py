"""Real recordings beside each other: the sentence that an engineer would paste."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analyzer.model.comparison import Comparison, Result, Role
from analyzer.model.session import StepName
from analyzer.pipeline import analyze, compare
from analyzer.report.comparison.story import summary
from analyzer.report.formats import COMPARISON_RENDERERS
from analyzer.report.language.words import words
from analyzer.report.redaction.redact import redact_comparison
from analyzer.session import compare as comparing

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
WORDS = words("en")


@cache
def compared(good: str, bad: str) -> Comparison:
    return compare([FIXTURES / good], [FIXTURES / bad])


def told(good: str, bad: str) -> str:
    return summary(compared(good, bad), WORDS)


GOOD = "good-ws/session.har"


@pytest.mark.parametrize(
    ("bad", "step", "good", "other"),
    [
        (
            "wrong-password/session.har",
            StepName.AUTH,
            "got <success/> after 10 ms",
            "got <failure> not-authorized after 23 ms",
        ),
        (
            "wrong-password/capture.pcapng",
            StepName.AUTH,
            "got <success/> after 10 ms",
            "got <failure> not-authorized after 19 ms",
        ),
        (
            "g-wrong-password-bosh/capture.pcapng",
            StepName.AUTH,
            "got <success/> after 10 ms",
            "got <failure> not-authorized after 3.5 ms",
        ),
        (
            "no-finesse-presence/session.har",
            StepName.PRESENCE,
            "got <presence> from finesse@finesse.example.test/pub after 322 ms",
            "got nothing until its end 13.0 s later (<close/> by the client)",
        ),
        (
            "conflict-second-login/session.har",
            StepName.LIVE,
            "ended with <close/> by the client",
            "got <stream:error> conflict",
        ),
        (
            "idle-timeout-proxy/session.har",
            StepName.LIVE,
            "ended with <close/> by the client",
            "ended with its socket closed, 5.7 s after the last stanza",
        ),
        (
            "h-close-1012/capture.pcapng",
            StepName.LIVE,
            "ended with <close/> by the client",
            (
                "ended with a WebSocket Close by the server (1012 service restart), 202 ms after "
                "the last stanza"
            ),
        ),
        (
            "subscribe-missing-node/session.har",
            StepName.PUBSUB,
            "got <iq> result subscription /finesse/api/Team/5000/Users subscribed after 2.6 ms",
            (
                "got <iq> error item-not-found for <iq> set subscribe "
                "/finesse/api/Team/9999/Users after 2.6 ms"
            ),
        ),
        (
            "k-subscribe-errors-prosody/session.har",
            StepName.PUBSUB,
            "sent <iq> set subscribe /finesse/api/Team/5000/Users",
            (
                "got <iq> error item-not-found for <iq> set subscribe /finesse/api/Team/9999 "
                "after 3.5 ms"
            ),
        ),
        (
            "m-upgrade-stripped/session.har",
            StepName.UPGRADE,
            "got HTTP 101",
            "got HTTP 200",
        ),
        (
            "m-upgrade-stripped/capture.pcapng",
            StepName.UPGRADE,
            "got HTTP 101",
            "got HTTP 200",
        ),
        (
            "upgrade-403/capture.pcapng",
            StepName.UPGRADE,
            "got HTTP 101",
            "got HTTP 403",
        ),
        (
            "untrusted-certificate/capture.pcapng",
            StepName.TLS,
            "has no such step",
            "failed with alert certificate_unknown",
        ),
        (
            "g-wrong-domain/session.har",
            StepName.OPEN,
            "got <open> answered after 4.6 ms",
            "got <stream:error> host-unknown after 8.2 ms",
        ),
        (
            "l-no-open-prosody/session.har",
            StepName.OPEN,
            "sent <open> to finesse.example.test",
            "sent <auth> PLAIN as 1001001",
        ),
        (
            "l-presence-before-bind-prosody/session.har",
            StepName.PRESENCE,
            "sent <iq> set bind desktop",
            "sent <presence/>",
        ),
        (
            "pubsub-before-presence/session.har",
            StepName.PRESENCE,
            "sent <presence/>",
            "sent <iq> set subscribe /finesse/api/User/agent1001",
        ),
        (
            "ping-unanswered/session.har",
            StepName.LIVE,
            "ended with <close/> by the client",
            "got no answer to its pings",
        ),
    ],
)
def test_where_they_part(bad: str, step: StepName, good: str, other: str) -> None:
    where = WORDS[f"part.{step.value}"]
    assert told(GOOD, bad) == (
        f"The bad session parts from the good one {where}: good {good}, bad {other}."
    )


def test_tls_that_was_refused_beside_tls_that_was_not() -> None:
    assert told("good-wss-tls13/capture.pcapng", "untrusted-certificate/capture.pcapng") == (
        "The bad session parts from the good one at TLS: good finished the handshake, bad failed "
        "with alert certificate_unknown."
    )


@pytest.mark.parametrize(
    "case",
    [
        "good-ws",
        "good-wss-tls13",
        "wrong-password",
        "no-finesse-presence",
        "h-rst-ws",
        "untrusted-certificate",
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_both_recordings_of_one_session_have_no_difference(case: str, turned: bool) -> None:
    pair = [f"{case}/session.har", f"{case}/capture.pcapng"]
    one, other = reversed(pair) if turned else pair
    comparison = compared(one, other)
    assert comparison.result is Result.SAME
    assert comparison.changes == ()
    assert [fact for fact in comparison.facts if fact.matters] == []


def test_another_carrier() -> None:
    assert told("good-ws/capture.pcapng", "good-bosh/capture.pcapng") == (
        "Both sessions go the same way to the end; they differ in the carrier (websocket, bosh) "
        "and the path (/ws/, /http-bind/)."
    )


def differing(good: str, bad: str) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    return {
        (fact.kind.value, fact.name): (fact.good, fact.bad)
        for fact in compared(good, bad).facts
        if fact.matters
    }


def test_another_path_and_another_server_are_told_with_what_went_wrong() -> None:
    for name in ("session.har", "capture.pcapng"):
        assert differing(f"good-ws/{name}", f"m-upgrade-stripped/{name}") == {
            ("path", ""): ("/ws/", "/wsstrip/")
        }
    found = differing("good-ws/capture.pcapng", "h-close-1012/capture.pcapng")
    assert found["port", ""] == ("8080", "5290")
    assert found["header", "server"] == ("nginx/1.22.1", "Python/3.11 websockets/17.4")


def test_seconds_are_told_before_subscriptions_that_differ(shared: Path) -> None:
    slow = shared / "captures/y-slow-pubsub/session.har"
    comparison = compare([FIXTURES / GOOD], [slow])
    assert comparison.result is Result.SLOWER
    assert summary(comparison, WORDS) == (
        "Every step goes the same way in both, but the bad session is slower: the answer to <iq> "
        "set subscribe /finesse/api/User/agent1001 took 8.0 s, in the good one 2.5 ms."
    )


def test_a_recording_that_cannot_answer_is_no_same() -> None:
    comparison = compared(GOOD, "midstream/capture.pcapng")
    assert comparison.result is Result.UNTOLD
    assert [note.kind.value for note in comparison.notes][-2:] == ["started late", "other side"]
    assert "As far as both recordings show" in told(GOOD, "firefox-good-ws/session.har")


def test_several_sessions_of_one_agent() -> None:
    assert "only the bad one has CO-010" in told(GOOD, "reconnect-loop/capture.pcapng")


RECORDINGS = sorted(
    str(path.relative_to(FIXTURES))
    for name in ("*/session.har", "*/capture.pcapng")
    for path in FIXTURES.glob(name)
)


@cache
def taken(name: str, role: Role) -> Any:
    return comparing.take(analyze([FIXTURES / name]), role)


def written(comparison: Comparison) -> Iterable[str]:
    redacted = redact_comparison(comparison)
    return [render(redacted, "en") for render in COMPARISON_RENDERERS.values()]


@pytest.mark.parametrize("name", RECORDINGS)
def test_any_two_recordings_can_be_compared_and_one_has_no_difference_from_itself(
    name: str,
) -> None:
    for other in RECORDINGS[::7]:
        there = comparing.compare(taken(name, Role.GOOD), taken(other, Role.BAD), {})
        back = comparing.compare(taken(other, Role.GOOD), taken(name, Role.BAD), {})
        assert summary(there, WORDS)
        assert there.result is back.result
    itself = comparing.compare(taken(name, Role.GOOD), taken(name, Role.GOOD), {})
    assert itself.result in {Result.SAME, Result.UNTOLD}
    assert (itself.divergence, itself.changes, itself.facts) == (None, (), ())


PASSWORDS = ("pw1001", "wrong-secret", "fin123")


@pytest.mark.parametrize("good", [GOOD, "good-bosh/capture.pcapng"])
def test_no_password_comes_out(good: str) -> None:
    bad = "wrong-password/session.har"
    octets = b"".join((FIXTURES / name).read_bytes() for name in (good, bad))
    assert b"PLAIN" in octets
    for text in written(compared(good, bad)):
        assert [password for password in PASSWORDS if password in text] == []
    assert json.loads(list(written(compared(good, bad)))[1])["redactions"]


def test_the_sample_of_the_readme_is_the_output() -> None:
    readme = (FIXTURES.parent / "README.md").read_text(encoding="utf-8")
    sample = readme.partition("$ stanzascope compare fixtures/")[2].partition("\n")[2]
    sample = sample.partition("\n…")[0]
    comparison = compared(GOOD, "subscribe-missing-node/session.har")
    text = COMPARISON_RENDERERS["text"](redact_comparison(comparison), "en")
    assert len(sample.splitlines()) > 15
    assert text.startswith(sample)
