"""A client that bound a resource and never sent its presence (RFC 6121 section 4.2.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName, StepStatus
from ..consequences import ENDINGS
from ..evidence import beginning
from ..progress import last_passed, never_asked, seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    step = never_asked(session, StepName.PRESENCE)
    if step is None and not _went_on_without(session):
        return
    passed = last_passed(session) or beginning(session)
    values: dict[str, Value] = {
        "waited_s": seconds(until_end(session, passed)),
        "jid": session.jid or "the client",
    }
    yield Hit((passed,), values)


def _went_on_without(session: Session) -> bool:
    step = session.stopped_at()
    if step is None or step.name is not StepName.PRESENCE or not session.subscriptions:
        return False
    return step.status is StepStatus.MISSING


RULE = Rule(
    id="OR-014",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{jid!t} never sent its presence",
    cause="The resource was bound, then {waited_s} s went by without <presence/>. To Openfire the "
    "client stays unavailable: it routes no event to it, and Finesse, which watches the agent's "
    "presence, may log the agent out with reason 255. REST calls keep answering 202 and nothing is "
    "ever seen to happen. The desktop sends its presence by itself; this is a custom client, or a "
    "desktop that was left or failed right here.",
    remedy="In a custom client send <presence/> (no to, no type, priority 0 or higher) after the "
    "bind result, then wait for the presence from finesse@DOMAIN before subscribing. For the "
    "desktop look at the browser console and at the client log (Send Error Report, then "
    "desktop/logs/clientlogs on the server) at this time.",
    reference="RFC 6121 §4.2.1; Cisco DevNet, Finesse: Desktop Presence and Forced Logout",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("FI-002", "FI-010", "FI-034", "OR-004", "OR-016", *ENDINGS),
    check=_check,
    fires_on=(
        "@login until=session\n30.0 C> [fin]",
        """
        @login until=session
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='s1' from='pubsub.example.test'/>
        5.2 S> [rst]
        """,
    ),
    silent_on=("@login", "@login until=presence"),
)
