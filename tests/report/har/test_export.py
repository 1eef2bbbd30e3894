"""The sessions of a report as a HAR."""

import json
from typing import Any

from analyzer.model.bosh import BoshFacts, TurnFacts
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.session import Carrier, Step, StepName, StepStatus
from analyzer.report.har.export import render
from analyzer.report.redaction.redact import Redaction, redact
from tests.importing import invalid, refused
from tests.report.reports import START_NS, har_session, healthy, packet, packet_session


def rendered(*sessions: object, redaction: Redaction = Redaction.SECRETS) -> Any:
    text = render(redact(healthy(sessions=sessions), redaction), "nl")
    assert isinstance(text, str)
    har = json.loads(text)
    assert invalid(har) == []
    assert refused(har) == []
    return har["log"]


def test_a_session_is_a_har() -> None:
    log = rendered(packet_session())
    assert log["creator"]["name"] == "stanzascope"
    assert len(log["entries"]) == 1
    assert log["comment"].startswith("Made by stanzascope ")
    assert "sasl exchange (1)" in log["comment"]


def test_rest_calls_stand_beside_it() -> None:
    request = Request(method="PUT", url="https://a.test/finesse/api/User/1", source=packet(1))
    answer = Response(status=202, source=packet(2, 1))
    calls = (
        Exchange(request=request, response=answer),
        Exchange(request=request, response=None, error="net::ERR_X"),
        Exchange(request=None, response=answer),
    )
    log = rendered(packet_session(exchanges=calls))
    urls = [entry["request"]["url"] for entry in log["entries"]]
    assert urls.count("https://a.test/finesse/api/User/1") == 2


def test_bosh_and_what_a_har_cannot_hold() -> None:
    turn = TurnFacts(rid=1, connection=0, asked_ns=START_NS, answered_ns=None, status=0)
    facts = BoshFacts(sid=None, url="http://a.test/http-bind/", turns=(turn,))
    failed = Step(name=StepName.TLS, status=StepStatus.FAILED, detail="alert unknown_ca")
    log = rendered(
        packet_session(number=1, exchanges=(), carrier=Carrier.BOSH, bosh=facts),
        packet_session(number=2, exchanges=(), carrier=Carrier.TCP),
        packet_session(number=3, exchanges=(), carrier=Carrier.UNKNOWN, steps=()),
        packet_session(number=4, exchanges=(), carrier=Carrier.UNKNOWN, steps=(failed,)),
    )
    assert len(log["entries"]) == 2


def test_nothing_had_to_be_taken_out() -> None:
    log = rendered(har_session(stanzas=(), upgrade=None))
    assert "nothing had to be taken out" in log["comment"]


def test_secrets_that_were_asked_for_are_said_to_be_there() -> None:
    log = rendered(packet_session(), redaction=Redaction.NONE)
    assert "with all its secrets" in log["comment"]
