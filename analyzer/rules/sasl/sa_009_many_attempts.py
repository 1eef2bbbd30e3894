"""More login attempts on one stream than a server should allow (RFC 6120 section 6.4.5)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import SaslFailure

_ALLOWED = 5
"""RFC 6120 section 6.4.5: a retry limit of at least two and no more than five."""


def _check(session: Session) -> Iterator[Hit]:
    refused = [s.source for s in session.negotiation if isinstance(s.payload, SaslFailure)]
    if len(refused) > _ALLOWED:
        values: dict[str, Value] = {"count": len(refused), "agent": session.agent or "the agent"}
        yield Hit((refused[_ALLOWED], *refused[:_ALLOWED]), values)


RULE = Rule(
    id="SA-009",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="{count} logins of {agent!t} were refused on one connection",
    cause="The client tries again and again without asking anybody, and the server lets it. After "
    "five wrong passwords Finesse locks the user for five minutes, so this client keeps the agent "
    "locked out everywhere, at the desktop too; behind the reverse proxy it can block the whole "
    "site's address (418).",
    remedy="1. Find the client (User-Agent of the upgrade, address of the connection) and stop it "
    "until its saved password is corrected. A client must give up after a refusal and ask for new "
    "credentials. 2. Then wait five minutes before the agent signs in.",
    reference="RFC 6120 §6.4.5; Cisco Finesse Web Services Developer Guide",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        "@login until=open\n"
        + "5.0 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>\n"
        * 6,
    ),
    silent_on=("@login",),
)
