"""A client that logged in and then bound no resource (RFC 6120 section 7.3.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName
from ..consequences import ENDINGS
from ..evidence import beginning
from ..progress import last_passed, never_asked, seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    if never_asked(session, StepName.BIND) is None:
        return
    passed = last_passed(session) or beginning(session)
    values: dict[str, Value] = {
        "waited_s": seconds(until_end(session, passed)),
        "agent": session.agent or "The agent",
    }
    yield Hit((passed,), values)


RULE = Rule(
    id="OR-013",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{agent!t} logged in but never bound a resource",
    cause="The password was accepted, then {waited_s} s went by without a bind request. A resource "
    "must be bound before anything else, so the session is of no use. Strophe binds as soon as the "
    "features behind the login offer it: either they did not come or did not offer bind, or it is "
    "a custom client that stops here, or the page was left at this moment.",
    remedy="1. Look whether the server sent <stream:features/> with <bind/> behind the second "
    "<open/>. 2. If not, restart Cisco Finesse Notification Service in a quiet hour and keep the "
    "openfire log. 3. If it did, the client is at fault: browser console, or the custom client's "
    "state after <success/>.",
    reference="RFC 6120 §7.3.1, §6.4.6",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=ENDINGS,
    check=_check,
    fires_on=("@login until=auth\n30.0 C> [fin]",),
    silent_on=("@login", "@login until=bind"),
)
