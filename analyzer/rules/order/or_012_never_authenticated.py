"""A stream on which the client never tried to log in (RFC 6120 section 6.4.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ..consequences import ENDINGS
from ..evidence import beginning
from ..progress import last_passed, never_asked, seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    if never_asked(session, StepName.AUTH) is None:
        return
    passed = last_passed(session) or beginning(session)
    yield Hit((passed,), {"waited_s": seconds(until_end(session, passed))})


RULE = Rule(
    id="OR-012",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client opened the stream but never logged in",
    cause="The server answered <open/>, then {waited_s} s went by without an <auth/>. The client "
    "had nothing to log in with (the desktop lost the password at a page reload, the SSO token was "
    "not fetched), or it found no mechanism it knows, or the page was left at this moment.",
    remedy="1. Look at what the browser did besides: a redirect to the sign-in page or to IdS, a "
    "401 from /finesse/api/User/ID, a JavaScript error in the console. 2. With SSO, check that the "
    "token call succeeded before this moment. 3. Ask the agent to sign out, clear the site's data "
    "and sign in again. 4. The client log says which state it was in: Send Error Report on the "
    "desktop, then desktop/logs/clientlogs on the server, lines with EventTunnel._onConnect().",
    reference="RFC 6120 §6.4.2",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=ENDINGS,
    check=_check,
    fires_on=("@login until=open\n30.0 C> [fin]",),
    silent_on=("@login", "@login until=auth"),
)
