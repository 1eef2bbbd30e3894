"""An `<auth/>` that no outcome follows (RFC 6120 section 6.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ..consequences import ENDINGS
from ..evidence import of_step
from ..progress import seconds, unanswered, until_end


def _check(session: Session) -> Iterator[Hit]:
    step = unanswered(session, StepName.AUTH)
    if step is not None:
        waited = seconds(until_end(session, step.asked))
        yield Hit(
            (of_step(session, step),), {"waited_s": waited, "agent": session.agent or "the agent"}
        )


RULE = Rule(
    id="OR-007",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server never decided on the login of {agent!t}",
    cause="<auth/> went out, and in {waited_s} s neither <success/> nor <failure/> came. A wrong "
    "password is refused at once, so the password is not the point: Openfire is waiting for "
    "whoever checks it. In Finesse that is Finesse Tomcat and behind it the administration "
    "database (AWDB on UCCE/PCCE, the UCCX database) or, with single sign-on, Cisco IdS. The "
    "connection dying at this very moment looks the same.",
    remedy="1. Try a REST sign-in at the same time: GET /finesse/api/User/ID. 2. If it hangs or "
    "gives 503 too, the backend is down: check AWDB reachability in the Finesse administration "
    "console (Contact Center Enterprise Administration Server) or, for SSO, IdS. 3. If REST is "
    "quick, look at Cisco Finesse Notification Service: utils service list, then the openfire and "
    "realm logs (file get activelog desktop recurs compress). That others still work proves "
    "nothing: sessions from before live on for about 30 minutes.",
    reference="RFC 6120 §6.4.3 to §6.4.6; Cisco Finesse Administration Guide, Failover Mechanisms",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("OR-013", "SA-006", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        40.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@login until=auth"),
)
