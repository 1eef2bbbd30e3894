"""The server's clock and that of the recording differ (RFC 9110 section 6.6.1)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Session
from ..progress import seconds
from .dates import drift

_APART_NS = 5_000_000_000
_FAR_NS = 60_000_000_000


def _check(session: Session) -> Iterator[Hit]:
    if not session.exchanges and session.upgrade is None:
        return
    found = drift(session)
    if found is not None and abs(found[0]) > _APART_NS:
        values: dict[str, Value] = {
            "apart_s": seconds(abs(found[0])),
            "way": "ahead" if found[0] > 0 else "behind",
            "server": session.server,
        }
        severity = Severity.WARNING if abs(found[0]) > _FAR_NS else None
        yield Hit((found[1],), values, severity=severity)


RULE = Rule(
    id="FI-015",
    severity=Severity.INFO,
    title="The clock of {server} is {apart_s} s {way!t}",
    cause="The Date of its answers (or SystemInfo) and the time at which they were recorded are "
    "{apart_s} s apart, so one of the two clocks is wrong: the server's, or that of the computer "
    "that recorded. From about a minute on single sign-on refuses tokens as expired or not yet "
    "valid, certificates seem out of date, and times of this recording do not match the logs.",
    remedy="1. On the node: utils ntp status; set utils ntp server if it is not synchronized. 2. "
    "On the recording computer: w32tm /query /status (Windows), timedatectl (Linux). 3. Until then "
    "add {apart_s} s when you compare this recording with the server's logs.",
    reference="RFC 9110 §6.6.1; Cisco DevNet, Finesse: SystemInfo",
    check=_check,
    fires_on=(
        """
        @har
        @login
        0.1 C> [http GET /finesse/api/User/a 200 response.Date="Mon, 05 Jan 2026 07:59:50 GMT"]
        """,
        """
        @har
        @login
        0.1 C> [http GET /finesse/api/User/a 200 response.Date="Mon, 05 Jan 2026 09:00:00 GMT"]
        """,
    ),
    silent_on=(
        "@login",
        """
        @har
        @login
        0.1 C> [http GET /finesse/api/User/a 200 response.Date="Mon, 05 Jan 2026 08:00:05 GMT"]
        """,
        "@har\n@login\n@no-upgrade 503",
    ),
)
