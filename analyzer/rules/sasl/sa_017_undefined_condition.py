"""A login refused for a reason that the standard does not know (RFC 6120 section 6.5)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import SaslFailure
from ..consequences import ENDINGS
from .failures import refusals, told

_DEFINED = frozenset(
    {
        "aborted",
        "account-disabled",
        "credentials-expired",
        "encryption-required",
        "incorrect-encoding",
        "invalid-authzid",
        "invalid-mechanism",
        "malformed-request",
        "mechanism-too-weak",
        "not-authorized",
        "temporary-auth-failure",
        "",
    }
)


def _check(session: Session) -> Iterator[Hit]:
    said = (stanza.payload for stanza in session.negotiation)
    conditions = {failure.condition for failure in said if isinstance(failure, SaslFailure)}
    yield from told(session, refusals(session, conditions - _DEFINED))


RULE = Rule(
    id="SA-017",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The server refused the login of {agent!t} for a reason of its own ({condition!t})",
    cause="{condition!t} is none of the conditions of RFC 6120, so what it means is up to the "
    "server. bad-auth of older ejabberd is a wrong user or password; others come from plug-ins, "
    "or from a proxy in front of the server.",
    remedy="1. Sign in once more with a freshly typed password. 2. Read the server's log of this "
    "second, which names the cause in its own words: file get activelog desktop recurs compress, "
    "there the openfire and realm logs. 3. If a GET /finesse/api/User/ID with the same password "
    "answers 401, it is the password.",
    reference="RFC 6120 §6.5",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><bad-auth/></failure>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        """,
    ),
)
