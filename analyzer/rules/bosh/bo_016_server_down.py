"""A BOSH session that ended for a fault of the server (XEP-0124 section 17.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..evidence import ending
from .requests import ended_with

_CONDITIONS = frozenset({"remote-connection-failed", "system-shutdown", "internal-server-error"})


def _check(session: Session) -> Iterator[Hit]:
    if ended_with(session, _CONDITIONS):
        values: dict[str, Value] = {
            "condition": session.close.condition or "",
            "server": session.server,
        }
        yield Hit((ending(session),), values)


RULE = Rule(
    id="BO-016",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server gave the BOSH session up: {condition}",
    cause="Nothing the client did: system-shutdown, {server} stops or restarts; remote-connection-"
    "failed, its HTTP side lost or never had the connection to the XMPP server behind it; "
    "internal-server-error, an exception in it.",
    remedy="1. utils service list: Cisco Finesse Tomcat and Notification Service must be "
    "STARTED. 2. Planned restart? Then the desktops come back by themselves within a minute or "
    "two. 3. If not: stop Tomcat, stop and start the Notification Service, start Tomcat, in that "
    "order, and take the logs of both.",
    reference="XEP-0124 §17.2; Cisco Finesse Administration Guide, Perform Routine Maintenance",
    needs=frozenset({Needs.BOSH}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        9.0 S> <body type='terminate' condition='system-shutdown'/>
        """,
    ),
    silent_on=("@bosh\n@login", "@login"),
)
