"""A login refused because of user or password (RFC 6120 section 6.5.10)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .failures import is_token, refusals, told


def _check(session: Session) -> Iterator[Hit]:
    refused = refusals(session, {"not-authorized", ""})
    yield from told(session, (one for one in refused if not is_token(one[2])))


RULE = Rule(
    id="SA-007",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server refused user or password of {agent!t} ({condition!t})",
    cause="<failure/> with {condition!t} to a {mechanism} login: user unknown or password wrong; "
    "the protocol does not say which. In Finesse the password is checked against the "
    "administration database (or LDAP/Unified CM on UCCX), so a password that was just changed, an "
    "old one saved in the browser or in a third-party client, or a user who is no agent all end "
    "here. Five wrong tries lock the user for five minutes, and even the right password fails "
    "then.",
    remedy="1. Wait five minutes without any try (close other clients of this agent, they keep "
    "trying), then sign in once with a freshly typed password. 2. If it still fails, reset the "
    "password in Unified CCE Administration or Unified CM and check that the user is an agent "
    "assigned to a team. 3. A 401 on GET /finesse/api/User/ID at the same second confirms it; if "
    "REST accepts the password and XMPP does not, get the openfire and realm logs: file get "
    "activelog desktop recurs compress.",
    reference="RFC 6120 §6.5.10; Cisco DevNet, Finesse: User—Sign In to Finesse",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", "OR-013", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        """,
        "5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    ),
    silent_on=(
        "@login",
        f"""
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>\
AGEA{"ZXlK" * 80}</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        """,
    ),
)
