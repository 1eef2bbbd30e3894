"""Refused bind requests are found with their error."""

from msgspec.structs import replace

from analyzer.model.session import Iq
from analyzer.model.source import Side
from analyzer.model.xmpp import Bind, Ping, StanzaError, StanzaKind
from analyzer.rules.bind.refusals import refused_binds, told
from tests.rules.said import session, stanza

CONFLICT = StanzaError(type="cancel", condition="conflict")

ASKED = stanza(Side.CLIENT, StanzaKind.IQ, Bind(resource="desktop"), type_="set")
PING = stanza(Side.CLIENT, StanzaKind.IQ, Ping(), type_="get")
REFUSED = stanza(Side.SERVER, StanzaKind.IQ, type_="error", error=CONFLICT)
BOUND = stanza(Side.SERVER, StanzaKind.IQ, Bind(jid="a@b/c"), type_="result")


def test_only_bind_requests_with_an_error_count() -> None:
    refused = Iq(request=ASKED, answer=REFUSED, latency_ns=None)
    iqs = (
        Iq(request=ASKED, answer=None, latency_ns=None),
        Iq(request=ASKED, answer=BOUND, latency_ns=None),
        Iq(request=PING, answer=REFUSED, latency_ns=None),
        refused,
    )
    made = replace(session(), iqs=iqs)
    assert refused_binds(made) == [(refused, CONFLICT)]


def test_refusals_of_a_kind_are_told_once() -> None:
    refused = Iq(request=ASKED, answer=REFUSED, latency_ns=None)
    (hit,) = told(session(), [(refused, CONFLICT)] * 30)
    assert hit.values == {
        "agent": "the agent",
        "resource": "desktop",
        "condition": "conflict",
        "type": "cancel",
        "count": 30,
    }
    assert len(hit.evidence) == 21
    assert list(told(session(), [])) == []
