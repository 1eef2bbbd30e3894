"""Parameters of permessage-deflate that are not allowed (RFC 7692 section 7.1)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..evidence import beginning
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    for anomaly in session.anomalies:
        if anomaly.code is AnomalyCode.DEFLATE_PARAMETER:
            values: dict[str, Value] = {"value": "", **anomaly.values}
            place = anomaly.source or beginning(session)
            yield Hit((place,), values, effect=effect_of_stop(session))


RULE = Rule(
    id="DF-001",
    severity=Severity.ERROR,
    party=Party.PROXY,
    title="The server's permessage-deflate parameter {parameter} is wrong ({problem!t})",
    cause="The 101 agreed on compression with {parameter} {value}: not known, given twice, with a "
    "value outside 8 to 15, or not as the client offered it. A client must fail the connection. "
    "Servers do this right; a proxy that edits Sec-WebSocket-Extensions, or joins two answers, "
    "does not.",
    remedy="Compare Sec-WebSocket-Extensions in the request and in the 101 on both sides of each "
    "proxy and remove the rule that changes it. For a test, let the proxy drop the header both "
    "ways: then nobody compresses and nothing can be wrong.",
    reference="RFC 7692 §5.1, §7.1; RFC 6455 §9.1",
    needs=frozenset({Needs.HTTP}),
    explains=("DF-003", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @request Sec-WebSocket-Extensions: permessage-deflate
        @response Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7
        1.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@login\n5.0 S> [frame opcode=3]"),
)
