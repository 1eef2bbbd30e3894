"""Strings that want to be more than text, and a report that is full of them."""

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.recording import HarFacts
from analyzer.model.report import Report
from analyzer.model.session import CloseKind, SessionClose, Step, StepName, StepStatus
from analyzer.model.source import Side
from analyzer.model.xmpp import Open, StanzaError, StanzaKind
from tests.report.reports import (
    entry,
    finding,
    har_place,
    har_recording,
    har_session,
    refused,
    stanza,
    upgrade,
)

POLYGLOTS = (
    "<script>document.title='owned'</script>",
    "</title><script>document.title='owned'</script>",
    "</pre></style></script><img src=x onerror=document.title='owned'>",
    "\"><svg onload=document.title='owned'>",
    "' onmouseover='document.title=1' autofocus onfocus='document.title=1",
    "javascript:/*--></title></style></textarea></xmp><svg/onload='+/\"/+/[*/[]/+document.title=1//'>",
    "{{7*7}}{% include '/etc/passwd' %}${7*7}#{7*7}",
    "]]><x xmlns='http://www.w3.org/1999/xhtml' onload='document.title=1'/>",
    "<a href='https://evil.example/'>click</a><meta http-equiv=refresh content=0;url=//evil>",
    "&lt;script&gt;document.title='owned'&lt;/script&gt;",
    "\x00\x1b[31m\x9b\u202egpj\u2066\ufeff\u2028\ud800",
    "<!--<script>",
    "%3Cscript%3E",
)


def hostile(text: str = POLYGLOTS[2]) -> Report:
    """A report with the string in every field a recording can fill."""
    header = upgrade(entry(None), headers=((f"X-{text}", text), ("Cookie", text)))
    safe = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    session = har_session(
        agent=text,
        jid=text,
        domain=text,
        server=text,
        url=f"ws://{text}",
        user_agent=text,
        upgrade=type(header)(
            exchange=header.exchange, accepted=False, subprotocol=text, extensions=text
        ),
        stanzas=(
            *har_session().stanzas,
            stanza("S>", StanzaKind.OTHER, safe, har_place(5, 1), name=text, type=text),
            stanza(
                "S>",
                StanzaKind.IQ,
                f"<iq a='{safe}'>&lt;{safe}</iq>",
                har_place(6, 1),
                sender=text,
                error=StanzaError(type="cancel", condition=text, text=text),
            ),
            stanza("C>", StanzaKind.OPEN, safe, har_place(7, 1), payload=Open(to=text)),
        ),
        steps=(
            Step(name=StepName.OPEN, status=StepStatus.FAILED, asked=har_place(5, 1), detail=text),
        ),
        close=SessionClose(
            kind=CloseKind.STREAM_ERROR, by=Side.SERVER, condition=text, reason=text, code=1000
        ),
    )
    return refused(
        recordings=(
            har_recording(
                name=text,
                format=text,
                har=HarFacts(producer=text, browser=text),
                anomalies=(
                    Anomaly(code=AnomalyCode.DAMAGED, values={"why": text}, source=har_place(1, 0)),
                ),
            ),
        ),
        sessions=(session,),
        findings=(
            finding("SA-007", values={"user": text, "mechanism": text, "condition": text}),
            finding("CO-004", values={"where": text}, evidence=(har_place(5, 1),)),
        ),
    )
