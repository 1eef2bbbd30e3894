"""Nothing that was planted comes out; nothing that was found out is lost."""

import base64
import html
import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from msgspec.structs import replace

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.bosh import BoshFacts
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.report import Report
from analyzer.model.session import CloseKind, SessionClose
from analyzer.model.source import Direction
from analyzer.model.websocket import Opcode
from analyzer.model.xmpp import Auth, StanzaKind
from analyzer.pipeline import analyze
from analyzer.report.formats import RENDERERS
from analyzer.report.redaction.redact import (
    RedactedReport,
    Redaction,
    narrowed,
    redact,
    redact_more,
)
from tests.report.reports import (
    PASSWORD,
    SASL,
    auth_text,
    control,
    finding,
    har_place,
    har_recording,
    har_session,
    packet,
    packet_recording,
    packet_session,
    plain,
    refused,
    stanza,
    upgrade,
)


def written(report: Report, *, show_secrets: bool = False) -> str:
    redacted = redact(report, Redaction.NONE if show_secrets else Redaction.SECRETS)
    return "".join(text_of(render(redacted, "en")) for render in RENDERERS.values())


def text_of(output: str | bytes) -> str:
    """An output as text; of an archive that of its members."""
    if isinstance(output, str):
        return output
    with ZipFile(BytesIO(output)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def with_stanza(kind: StanzaKind, text: str, **fields: Any) -> Report:
    session = har_session()
    more = stanza("C>", kind, text, har_place(9, 2), **fields)
    return refused(
        sessions=(replace(session, stanzas=(*session.stanzas, more)), packet_session()),
        findings=(finding("SA-007", evidence=(more.source,)),),
    )


def with_header(name: str, value: str) -> Report:
    made = upgrade(har_place(1, 0), headers=((name, value),))
    return refused(sessions=(har_session(upgrade=made), packet_session()))


def with_session(**fields: Any) -> Report:
    return refused(sessions=(har_session(**fields), packet_session()))


def with_exchange_url(url: str) -> Report:
    made = upgrade(har_place(1, 0))
    request = made.exchange.request
    assert request is not None
    exchange = replace(made.exchange, request=replace(request, url=url))
    return with_session(upgrade=replace(made, exchange=exchange))


@dataclass(frozen=True)
class Planted:
    """A report with a secret somewhere in it."""

    name: str
    report: Report


def planted(secret: str) -> list[Planted]:
    """The secret in every place a recording can bring it to."""
    jwt = "eyJhbGciOiJIUzI1NiJ9." + base64.urlsafe_b64encode(secret.encode()).decode()
    blob = plain(secret)
    # Once the secret was sent in the login, it is known wherever else it stands.
    login = with_session(
        stanzas=(
            *har_session().stanzas,
            stanza(
                "C>",
                StanzaKind.AUTH,
                auth_text(secret),
                har_place(8, 1),
                payload=Auth(mechanism="PLAIN"),
            ),
        )
    )

    def known(**fields: Any) -> Report:
        return replace(login, **fields)

    session = login.sessions[0]
    places = {
        "auth": login,
        "auth in a response": with_stanza(
            StanzaKind.RESPONSE, f"<response xmlns='{SASL}'>{blob}</response>"
        ),
        "auth with a prefix": with_stanza(
            StanzaKind.AUTH, f"<sasl:auth xmlns:sasl='{SASL}'>{blob}</sasl:auth>"
        ),
        "auth cut off": with_stanza(StanzaKind.AUTH, f"<auth mechanism='PLAIN'>{blob}"),
        "auth cut in its tag": with_stanza(StanzaKind.AUTH, f"<auth x='<'>{blob}</auth>"),
        "auth without a tag": with_stanza(StanzaKind.AUTH, blob),
        "auth that is not XML": with_stanza(
            StanzaKind.MALFORMED, f"<auth mechanism='PLAIN'>{blob}"
        ),
        "auth whose begin was lost": with_stanza(
            StanzaKind.MALFORMED, f"<presence id='1'PLAIN'>{blob}"
        ),
        "auth whose start tag was lost": with_stanza(StanzaKind.MALFORMED, f"{blob}</auth>"),
        "auth behind something else": with_stanza(
            StanzaKind.MALFORMED, f"<iq id='1.\\x98'>{blob}</sasl:response>"
        ),
        "auth with a comment": with_stanza(
            StanzaKind.AUTH, f"<auth mechanism='PLAIN'><!-- x -->{blob}</auth>"
        ),
        "success": with_stanza(StanzaKind.SUCCESS, f"<success>{b64('v=' + secret)}</success>"),
        "jabber:iq:auth": with_stanza(
            StanzaKind.IQ,
            "<iq><query xmlns='jabber:iq:auth'>"
            f"<password>{html.escape(secret)}</password></query></iq>",
        ),
        "notification": with_stanza(
            StanzaKind.MESSAGE,
            "<message><event>&lt;Update&gt;&lt;password&gt;"
            f"{html.escape(html.escape(secret))}&lt;/password&gt;&lt;/Update&gt;</event></message>",
        ),
        "json notification": with_stanza(
            StanzaKind.MESSAGE,
            f"<message>{html.escape(json.dumps({'password': secret, 'a': 1}))}</message>",
        ),
        "form": with_stanza(StanzaKind.MESSAGE, f"<body>password={quote(secret, safe='')}</body>"),
        "jwt": with_stanza(StanzaKind.MESSAGE, f"<body>{jwt}</body>"),
        "attribute": with_stanza(StanzaKind.MESSAGE, f"<a token='{html.escape(secret)}'/>"),
        "basic": with_header("Authorization", f"Basic {b64('agent:' + secret)}"),
        "bearer": with_header("Authorization", f"Bearer {secret}"),
        "cookie": with_header("Cookie", f"JSESSIONID={secret}"),
        "set-cookie": with_header("Set-Cookie", f"x={secret}; Path=/"),
        "subprotocol": with_header("Sec-WebSocket-Protocol", f"xmpp, {secret}"),
        "csrf header": with_header("X-CSRF-Token", secret),
        "referer": with_header("Referer", f"https://h/?token={quote(secret)}"),
        "query": with_exchange_url(f"ws://h/ws?access_token={quote(secret, safe='')}"),
        "path parameter": with_exchange_url(f"ws://h/ws;jsessionid={quote(secret, safe='')}"),
        "userinfo": with_session(url=f"ws://agent:{quote(secret, safe='')}@h/ws"),
        "finding value": known(findings=(finding("SA-007", values={"condition": secret}),)),
        "finding value in base64": known(
            findings=(finding("SA-007", values={"condition": b64(secret)}),)
        ),
        "anomaly": known(
            recordings=(
                har_recording(
                    anomalies=(
                        Anomaly(
                            code=AnomalyCode.LIMIT,
                            values={"at": f"x{secret}x"},
                            source=har_place(1, 0),
                        ),
                    )
                ),
                packet_recording(),
            )
        ),
        "file name": known(
            recordings=(har_recording(name=f"case-{secret}.har"), packet_recording())
        ),
        "file name that says so": refused(
            recordings=(har_recording(name=f"password={quote(secret)}.har"), packet_recording())
        ),
        "close reason": known(
            sessions=(
                replace(session, close=SessionClose(kind=CloseKind.WEBSOCKET_CLOSE, reason=secret)),
            )
        ),
        "close frame": known(
            sessions=(
                replace(
                    session,
                    control_frames=(
                        control(
                            Direction.TO_CLIENT,
                            Opcode.CLOSE,
                            b"\x03\xf4" + secret.encode(),
                            har_place(9, 1),
                        ),
                    ),
                ),
            )
        ),
        "another stanza": known(
            sessions=(
                replace(
                    session,
                    stanzas=(
                        *session.stanzas,
                        stanza(
                            "S>",
                            StanzaKind.MESSAGE,
                            f"<b>{html.escape(secret)}</b>",
                            har_place(9, 1),
                        ),
                    ),
                ),
            )
        ),
    }
    return [Planted(name, report) for name, report in places.items()]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CANARIES = ("kanari-7Q9x", "kan\"ari'<&>/+ü%")
CASES = [(secret, case) for secret in CANARIES for case in planted(secret)]


@pytest.mark.parametrize(("secret", "case"), CASES, ids=[f"{s[:4]}-{c.name}" for s, c in CASES])
def test_no_canary_sings(secret: str, case: Planted) -> None:
    output = written(case.report)
    song = {
        secret,
        b64(secret),
        plain(secret),
        b64("agent:" + secret),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        quote(secret, safe=""),
        quote(secret),
    }
    assert [note for note in song if note in output] == []
    assert "[redacted: " in output


@pytest.mark.parametrize("case", planted("kanari-7Q9x"), ids=lambda case: case.name)
def test_what_was_found_out_stays(case: Planted) -> None:
    """Outcome, step, cause, findings and evidence are as before; only captured words change."""
    before, after = (
        json.loads(
            RENDERERS["json"](
                redact(case.report, Redaction.NONE if shown else Redaction.SECRETS), "en"
            )
        )
        for shown in (True, False)
    )
    for key in ("outcome", "step", "cause", "session"):
        assert before["verdict"][key] == after["verdict"][key]
    assert places(before) == places(after)


def places(document: dict[str, Any]) -> list[Any]:
    found = [(f["rule_id"], [e["place"] for e in f["evidence"]]) for f in document["findings"]]
    return [
        *found,
        *(
            (step["name"], step["status"], [e["place"] for e in step["evidence"]])
            for session in document["sessions"]
            for step in session["steps"]
        ),
    ]


def test_only_redact_makes_a_redacted_report() -> None:
    with pytest.raises(TypeError, match="only redact"):
        RedactedReport(object(), refused(), Redaction.NONE, {})


def test_who_logs_in_is_told_and_with_what_is_not() -> None:
    output = written(refused())
    assert "auth PLAIN as agent1001" in output
    assert PASSWORD not in output
    assert plain() not in output


def test_redactions_are_counted_by_kind() -> None:
    redacted = redact(with_header("Cookie", "a=bcdef; g=hijkl"))
    assert redacted.redactions == {"sasl exchange": 2, "cookie": 2}
    assert not redacted.secrets_shown


def test_asked_for_the_secrets_stay() -> None:
    redacted = redact(refused(), Redaction.NONE)
    assert redacted.secrets_shown
    assert redacted.redactions == {}
    for kind in ("html", "json", "ndjson"):
        assert plain() in RENDERERS[kind](redacted, "en")
    for kind in ("html", "text", "md"):
        assert "passwords and tokens" in text_of(RENDERERS[kind](redacted, "en")).lower()
    for kind in ("json", "ndjson"):
        assert '"secrets_shown":true' in text_of(RENDERERS[kind](redacted, "en")).replace(" ", "")


def test_a_password_that_is_a_name_does_not_take_the_name_away() -> None:
    blob = stanza("C>", StanzaKind.AUTH, auth_text("agent1001"), har_place(3, 0.2))
    output = written(with_session(stanzas=(blob,), jid="agent1001@finesse.example.test/desktop"))
    assert "agent1001@finesse.example.test/desktop" in output
    assert plain("agent1001") not in output


def test_an_empty_sasl_message_is_no_secret() -> None:
    text = f"<success xmlns='{SASL}'/>"
    redacted = redact(with_stanza(StanzaKind.SUCCESS, text))
    assert redacted.report.sessions[0].stanzas[-1].octets == text.encode()


def test_bodies_and_payloads_that_nobody_shows_go() -> None:
    exchange = Exchange(
        request=Request(method="POST", url="https://h/a", body=b"x", source=har_place(1, 0)),
        response=Response(status=200, body=b"y", source=har_place(1, 0)),
    )
    made = replace(upgrade(har_place(1, 0)), exchange=exchange)
    frame = control(Direction.TO_CLIENT, Opcode.PING, b"payload", packet(1))
    redacted = redact(with_session(upgrade=made, control_frames=(frame,))).report.sessions[0]
    assert redacted.upgrade is not None
    assert redacted.upgrade.exchange.request is not None
    assert redacted.upgrade.exchange.request.body == b""
    assert redacted.control_frames[0].payload == b""


def test_octets_that_are_no_text_come_out_as_escapes() -> None:
    raw = replace(stanza("C>", StanzaKind.OTHER, "", har_place(9, 2)), octets=b"\xff<a/>", length=5)
    session: Any = with_session(stanzas=(raw,)).sessions
    (redacted,) = redact(refused(sessions=session[:1])).report.sessions
    assert redacted.stanzas[0].octets == b"\\xff<a/>"


def test_a_report_is_redacted_once() -> None:
    """Marks are no secrets: a second pass finds nothing and changes nothing."""
    for redaction in (Redaction.SECRETS, Redaction.ALL):
        first = redact(refused(), redaction)
        second = redact(first.report, redaction)
        assert second.redactions == {}
        assert second.report == first.report
    assert redact_more(first).report == first.report


def test_two_agents_keep_their_numbers_when_a_report_is_redacted_again() -> None:
    session = har_session()
    jids = ("zoe@finesse.example.test/desktop", "amy@finesse.example.test/desktop")
    sessions = tuple(
        replace(session, number=number, jid=jid, agent=jid.partition("/")[0])
        for number, jid in enumerate(jids, 1)
    )
    first = redact(refused(sessions=sessions), Redaction.ALL)
    assert len({one.jid for one in first.report.sessions}) == len(jids)
    turned = replace(first.report, sessions=first.report.sessions[::-1])
    assert redact(turned, Redaction.ALL).report.sessions == turned.sessions


def test_a_hostile_secret_takes_none_of_our_markup_away() -> None:
    """A cookie that is a piece of the page must not be cut out of the page."""
    for piece in ("Content-Security-Policy", "default-src", '" class="', "<td class=", "verdict"):
        output = text_of(RENDERERS["html"](redact(with_header("Cookie", f"a={piece}")), "en"))
        assert output.count("Content-Security-Policy") == 1
        assert "default-src 'none'" in output
        assert '<section class="verdict"' in output


def test_the_session_id_of_bosh_is_nowhere() -> None:
    sid = "7y7xa2nfsm"
    facts = BoshFacts(sid=sid, url="https://desk.example.test:7443/http-bind/", turn_count=2)
    opened = stanza("S>", StanzaKind.OPEN, f"<body sid='{sid}' wait='60'>", har_place(9, 2))
    text = written(with_session(bosh=facts, stanzas=(*har_session().stanzas, opened)))
    assert sid not in text
    assert sid in written(
        with_session(bosh=facts, stanzas=(*har_session().stanzas, opened)), show_secrets=True
    )


def test_a_redacted_report_stays_redacted_with_fewer_sessions() -> None:
    loop = Path(__file__).parents[3] / "fixtures/reconnect-loop/session.har"
    report = analyze([loop])
    redacted = redact(report)
    fewer = narrowed(redacted, redacted.report.sessions[:1])
    assert len(redacted.report.sessions) > 1
    assert fewer.report.sessions == redacted.report.sessions[:1]
    assert fewer.report.findings == redacted.report.findings
    assert (fewer.redaction, fewer.redactions) == (redacted.redaction, redacted.redactions)
