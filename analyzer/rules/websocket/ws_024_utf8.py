"""Text messages that are not UTF-8 (RFC 6455 section 8.1)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_UTF8))


RULE = Rule(
    id="WS-024",
    severity=Severity.WARNING,
    title="Not UTF-8: {count:text message|text messages} of the {side!t}",
    cause="The {peer!t} has to fail the connection (1007), so one such message throws the agent "
    "out. In call centres it comes from data: call variables or names that were stored as ISO "
    "8859-1, Windows-1252 or Shift-JIS by a CTI script, a CRM connector or a custom client, and "
    "passed on as they were.",
    remedy="1. Look in the message for the value that holds the odd character: a name with an "
    "accent, a currency sign. 2. Follow it back (ICM or UCCX script, database lookup, CRM, gadget) "
    "and have it written as UTF-8. 3. Until then an empty value in that call variable keeps the "
    "agents connected.",
    reference="RFC 6455 §5.6, §8.1; RFC 6120 §11.6",
    needs=frozenset({Needs.FRAMES}),
    explains=("ST-007", "ST-008", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [text hex=3c613ee93c2f613e]
        5.1 C> [close 1007 utf-8]
        """,
    ),
    silent_on=("@login",),
)
