"""Laws 4 and 5: two doors tell one story, and redaction changes none of it."""

import base64
from io import BytesIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.model.report import Report
from analyzer.model.session import Needs, StepName
from analyzer.pipeline import analyze, known_rules
from analyzer.report.formats import RENDERERS
from analyzer.report.redaction.redact import redact
from tests.laws.recorded import Line, as_har, as_pcapng, spaced

JID = "agent1001@finesse.example.test/desktop"
NODE = "/finesse/api/User/agent1001"
PLAIN = base64.b64encode(b"\0agent1001\0canary-secret").decode()

FRAMING = "xmlns='urn:ietf:params:xml:ns:xmpp-framing'"
STREAM = "xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'"
PUBSUB = "xmlns='http://jabber.org/protocol/pubsub'"

LOGIN: tuple[tuple[str, str], ...] = (
    ("C>", f"<open {FRAMING} to='finesse.example.test' version='1.0'/>"),
    ("S>", f"<open {FRAMING} from='finesse.example.test' id='a1' version='1.0' xml:lang='en'/>"),
    (
        "S>",
        (
            f"<stream:features {STREAM}><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            "<mechanism>PLAIN</mechanism></mechanisms></stream:features>"
        ),
    ),
    ("C>", f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{PLAIN}</auth>"),
    ("S>", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
    ("C>", f"<open {FRAMING} to='finesse.example.test' version='1.0'/>"),
    ("S>", f"<open {FRAMING} from='finesse.example.test' id='a2' version='1.0' xml:lang='en'/>"),
    (
        "S>",
        (
            f"<stream:features {STREAM}><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
            "</stream:features>"
        ),
    ),
    (
        "C>",
        (
            "<iq xmlns='jabber:client' type='set' id='b1'>"
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind>"
            "</iq>"
        ),
    ),
    (
        "S>",
        (
            "<iq xmlns='jabber:client' type='result' id='b1'>"
            f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{JID}</jid></bind></iq>"
        ),
    ),
    ("C>", "<presence xmlns='jabber:client'/>"),
    (
        "S>",
        (
            "<presence xmlns='jabber:client' from='finesse@finesse.example.test/x' "
            "to='agent1001@finesse.example.test'/>"
        ),
    ),
    (
        "C>",
        (
            "<iq xmlns='jabber:client' type='set' id='s1' to='pubsub.finesse.example.test'>"
            f"<pubsub {PUBSUB}><subscribe node='{NODE}' jid='{JID}'/></pubsub></iq>"
        ),
    ),
    (
        "S>",
        (
            "<iq xmlns='jabber:client' type='result' id='s1' from='pubsub.finesse.example.test' "
            f"to='{JID}'><pubsub {PUBSUB}><subscription node='{NODE}' jid='{JID}' "
            "subscription='subscribed'/></pubsub></iq>"
        ),
    ),
    (
        "C>",
        (
            "<iq xmlns='jabber:client' type='get' id='p1' to='finesse.example.test'>"
            "<ping xmlns='urn:xmpp:ping'/></iq>"
        ),
    ),
    (
        "S>",
        f"<iq xmlns='jabber:client' type='result' id='p1' from='finesse.example.test' to='{JID}'/>",
    ),
    ("C>", "<presence xmlns='jabber:client' type='unavailable'/>"),
    ("C>", f"<close {FRAMING}/>"),
)

FAULTS = (
    (
        "S>",
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
    ),
    (
        "S>",
        (
            f"<stream:error {STREAM}><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
            "</stream:error>"
        ),
    ),
    (
        "S>",
        (
            "<iq xmlns='jabber:client' type='error' id='s1'><error type='cancel'>"
            "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ),
    ),
    ("S>", "<not xml"),
    ("C>", "   "),
    (
        "S>",
        "<presence xmlns='jabber:client' from='finesse@finesse.example.test' type='unavailable'/>",
    ),
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Line]:
    """A login with some messages left out, repeated, swapped, or a fault put in."""
    order = draw(st.lists(st.integers(0, len(LOGIN) - 1), max_size=len(LOGIN), unique=True))
    kept = sorted(order) if draw(st.booleans()) else order
    texts = [LOGIN[i] for i in (kept if draw(st.integers(0, 3)) else range(len(LOGIN)))]
    for fault in draw(st.lists(st.sampled_from(FAULTS), max_size=2)):
        texts.insert(draw(st.integers(0, len(texts))), fault)
    return spaced(texts, draw(st.sampled_from((0.01, 0.5, 4.0))))


def report_of(octets: bytes, name: str) -> Report:
    return analyze([(name, BytesIO(octets))])


def stanzas(report: Report) -> list[tuple[object, ...]]:
    return [
        (s.direction, s.kind, s.id, s.type, s.payload, s.error, s.octets)
        for session in report.sessions
        for s in session.stanzas
    ]


LOGIN_STEPS = (StepName.OPEN, StepName.AUTH, StepName.BIND, StepName.PRESENCE, StepName.PUBSUB)
ONLY_PACKETS = {rule.id for rule in known_rules() if rule.needs & {Needs.FRAMES, Needs.PACKETS}}
WHO_ENDED = {"OR-011", "OR-012", "OR-013", "OR-014", "CO-004", "CO-005"}
"""Whether the client gave up or was cut off: a HAR does not say who closed."""
ONLY_HAR = {rule.id for rule in known_rules() if Needs.HAR in rule.needs}


def login(report: Report) -> list[tuple[object, ...]]:
    return [
        (step.name, step.status, step.detail)
        for session in report.sessions
        for step in session.steps
        if step.name in LOGIN_STEPS
    ]


def found(report: Report, without: set[str]) -> set[tuple[str, object]]:
    return {(f.rule_id, f.explained_by) for f in report.findings if f.rule_id not in without}


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conversations())
def test_two_doors_one_story(lines: list[Line]) -> None:
    packets = report_of(as_pcapng(lines), "a.pcapng")
    har = report_of(as_har(lines), "a.har")
    assert stanzas(packets) == stanzas(har)
    assert login(packets) == login(har)
    left = {rule for rule, _ in found(packets, ONLY_PACKETS | WHO_ENDED)}
    right = {rule for rule, _ in found(har, ONLY_HAR | WHO_ENDED)}
    assert left == right
    assert packets.verdict.outcome is har.verdict.outcome


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conversations(), st.sampled_from((as_pcapng, as_har)), st.sampled_from(sorted(RENDERERS)))
def test_redaction_changes_no_finding(lines: list[Line], record: object, name: str) -> None:
    assert callable(record)
    plain = report_of(record(lines), "a.har" if record is as_har else "a.pcapng")
    redacted = redact(plain)
    assert [f.rule_id for f in redacted.report.findings] == [f.rule_id for f in plain.findings]
    assert [f.evidence for f in redacted.report.findings] == [f.evidence for f in plain.findings]
    written = RENDERERS[name](redacted, "en")
    octets = written.encode() if isinstance(written, str) else written
    assert b"canary-secret" not in octets
    assert PLAIN.encode() not in octets
