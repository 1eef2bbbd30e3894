"""A session request that was refused or not answered (RFC 3921 section 3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName, StepStatus
from ..consequences import ENDINGS
from ..evidence import of_step
from ..progress import seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    step = session.stopped_at()
    if step is None or step.name is not StepName.SESSION or step.status is not StepStatus.FAILED:
        return
    values: dict[str, Value] = {
        "answer": step.detail or ("none" if step.answered is None else "error"),
        "waited_s": seconds(until_end(session, step.asked)),
    }
    yield Hit((of_step(session, step),), values)


RULE = Rule(
    id="OR-009",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server did not establish the session (answer: {answer!t})",
    cause="The resource is bound, but the session request that Strophe sends next was not answered "
    "with a result ({waited_s} s until the end). Strophe reports CONNECTED only behind that "
    "result, so the desktop never sends its presence. The request is a relic of RFC 3921: a server "
    "that does not know it answers with an error, one that hangs says nothing.",
    remedy="1. See whether <session/> stands in the <stream:features/> behind the login. 2. If it "
    "does, the server broke its word: look at its load and at the openfire log (file get activelog "
    "desktop recurs compress). 3. If it does not, the client must not ask (Strophe asks only where "
    "it is offered): correct the custom client.",
    reference="RFC 3921 §3; RFC 6121 Appendix E",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("IQ-008", "OR-014", "BI-005", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=bind
        5.0 C> <iq xmlns='jabber:client' type='set' id='_session_auth_2'>\
<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='_session_auth_2'><error type='wait'>\
<internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        20.0 C> [fin]
        """,
        """
        @login until=bind
        5.0 C> <iq xmlns='jabber:client' type='set' id='_session_auth_2'>\
<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
        40.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@login until=session"),
)
