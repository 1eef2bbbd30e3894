"""Nothing that was planted in either recording comes out of a comparison."""

import base64
from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model.comparison import Comparison, Fact, FactKind
from analyzer.model.limits import REPORT_STANZA_OCTETS
from analyzer.model.session import Session
from analyzer.model.xmpp import StanzaKind
from analyzer.report.formats import COMPARISON_RENDERERS
from analyzer.report.redaction.redact import RedactedComparison, Redaction, redact_comparison
from analyzer.report.redaction.shorten import shorten_comparison
from tests.report.comparisons import COMPARISONS, parted, side
from tests.report.reports import (
    PASSWORD,
    auth_text,
    finding,
    har_place,
    har_recording,
    har_session,
    plain,
    refused,
    stanza,
)

SECRET = "S3cret-of-the-other"


def written(comparison: Comparison, *, show_secrets: bool = False) -> str:
    redacted = redact_comparison(comparison, Redaction.NONE if show_secrets else Redaction.SECRETS)
    return "".join(render(redacted, "en") for render in COMPARISON_RENDERERS.values())


def other(**fields: Any) -> Session:
    """A session whose login sends another password."""
    first, features, _, *rest = har_session().stanzas
    auth = stanza("C>", StanzaKind.AUTH, auth_text(SECRET), har_place(3, 0.2))
    return har_session(stanzas=(first, features, auth, *rest), **fields)


def forms(secret: str) -> tuple[str, ...]:
    return secret, base64.b64encode(secret.encode()).decode(), plain(secret)


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_the_password_is_not_in_it(comparison: Comparison) -> None:
    text = written(comparison)
    assert [form for form in forms(PASSWORD) if form in text] == []


def test_a_password_of_one_is_taken_out_of_the_other() -> None:
    """Also where nothing but the other recording tells that it is one."""
    found = parted(
        good=side(refused(sessions=(other(agent=f"x {SECRET}"), har_session(number=2)))),
        facts=(Fact(kind=FactKind.USER_AGENT, good=f"a {PASSWORD}", bad=f"b {SECRET}"),),
        only_bad=(finding("SA-007", values={"user": f"u {SECRET}"}),),
    )
    bad = side(refused(recordings=(har_recording(name=f"{SECRET}.har"),) * 2), 2)
    text = written(replace(found, bad=bad))
    assert [form for form in (*forms(SECRET), *forms(PASSWORD)) if form in text] == []
    assert "[redacted: " in text
    assert SECRET in written(replace(found, bad=bad), show_secrets=True)


def test_fields_of_a_response_are_read_for_what_they_are() -> None:
    found = parted(
        facts=(
            Fact(kind=FactKind.HEADER, name="x-auth-token", good="tok-12345678", bad=None),
            Fact(kind=FactKind.HEADER, name="via", good=None, bad="1.1 proxy"),
            Fact(kind=FactKind.HEADER, name="x-api-key", good="key-12345678", bad="key-87654321"),
        )
    )
    text = written(found)
    assert [s for s in ("tok-12345678", "key-12345678", "key-87654321") if s in text] == []
    assert "1.1 proxy" in text
    redacted = redact_comparison(found).comparison.facts
    assert (redacted[0].good, redacted[0].bad) == ("[redacted: token 1]", None)


def test_nobody_else_makes_one() -> None:
    with pytest.raises(TypeError, match="only redact_comparison"):
        RedactedComparison(object(), parted(), Redaction.NONE, {})


def test_it_is_redacted_once() -> None:
    first = redact_comparison(parted())
    assert first.redactions
    second = redact_comparison(first.comparison)
    assert second.redactions == {}
    assert second.comparison == first.comparison


def test_no_more_of_the_reports_is_kept_than_is_shown() -> None:
    short = shorten_comparison(parted())
    (good,), (bad,) = short.good.report.sessions, short.bad.report.sessions
    assert (good.number, bad.number) == (1, 2)
    assert good.stanzas == bad.stanzas == ()
    assert [f.rule_id for f in short.bad.report.findings] == ["SA-007"]
    assert list(short.bad.report.texts) == ["SA-007"]
    for change in short.changes:
        for said in (change.good, change.bad):
            if said is not None:
                assert said.stanza.octets == b""
                assert said.answer is None or said.answer.octets == b""


def test_what_is_quoted_is_bounded() -> None:
    found = parted().divergence
    assert found is not None
    long = stanza("S>", StanzaKind.OTHER, "<a>" + "x" * 9 * REPORT_STANZA_OCTETS, har_place(9, 2))
    comparison = parted(divergence=replace(found, bad=replace(found.bad, stanza=long)))
    quoted = shorten_comparison(comparison).divergence
    assert quoted is not None
    assert quoted.bad.stanza is not None
    assert len(quoted.bad.stanza.octets) == REPORT_STANZA_OCTETS
    assert len(written(comparison)) < 10 * REPORT_STANZA_OCTETS
