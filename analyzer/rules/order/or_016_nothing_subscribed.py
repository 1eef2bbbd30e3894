"""A session without any subscribe request and without any event (XEP-0060 section 6.1)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session, StepName, StepStatus
from ..evidence import ending
from ..progress import seconds, until_end

_LONG_NS = 60_000_000_000
"""In a minute of a working shift an agent's state or calls change."""


def _check(session: Session) -> Iterator[Hit]:
    presence = session.step(StepName.PRESENCE)
    if presence is None or presence.status not in {StepStatus.DONE, StepStatus.LATE}:
        return
    watched = until_end(session, presence.asked)
    quiet = not session.subscriptions and not session.deliveries and not session.gaps
    if quiet and watched is not None and watched >= _LONG_NS:
        yield Hit((ending(session),), {"watched_s": seconds(watched)})


RULE = Rule(
    id="OR-016",
    severity=Severity.INFO,
    title="No subscription and no event in {watched_s} s",
    cause="The login is complete, but the client subscribed to nothing and no event came. That "
    "alone is no fault: Finesse subscribes every agent to its own user, dialogs and media on the "
    "server side, without a request on the wire, and an idle agent causes no event. Team and queue "
    "feeds, however, come only to those who ask for them.",
    remedy="Change the agent's state once while recording. If the REST call gives 202 and no event "
    "follows within seconds, events do not reach this client: check that its presence has priority "
    "0 or higher and that finesse@DOMAIN is available, and see what Cisco Finesse Tomcat logs in "
    "webservices.",
    reference="XEP-0060 §6.1; Cisco DevNet, Finesse: Subscription Management",
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login until=presence
        90.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        """,
    ),
    silent_on=("@login", "@login until=session\n90.0 C> [fin]", "@login until=presence"),
)
