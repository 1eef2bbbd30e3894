"""A login refused whose secret is a single sign-on token (RFC 6120 section 6.5.10)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .failures import is_token, refusals, told


def _check(session: Session) -> Iterator[Hit]:
    refused = refusals(session, {"not-authorized", "credentials-expired", ""})
    yield from told(session, (one for one in refused if is_token(one[2])))


RULE = Rule(
    id="SA-015",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server refused the single sign-on token of {agent!t}",
    cause="The secret is {octets} octets long, so it is an access token of Cisco IdS and not a "
    "password. Refused at a reconnect after hours it has expired and the desktop did not get a new "
    "one; refused at once, the clocks of IdS, Finesse and PC differ, the node does not trust the "
    "IdS, or Finesse was switched to SSO without a restart.",
    remedy="1. Have the agent sign out and in again: if that works, the token had expired, so look "
    "why the refresh failed (REST calls with 401 Bearer before this moment). 2. Check utils ntp "
    "status on Finesse and IdS and the PC's clock. 3. If every login fails, check IdS registration "
    "and SSO mode in the administration console, then restart Cisco Finesse Tomcat and the "
    "Notification Service.",
    reference="RFC 6120 §6.5.10; Cisco DevNet, Finesse: REST API with SSO",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", "SA-011", *ENDINGS),
    check=_check,
    fires_on=(
        f"""
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>\
AGEA{"ZXlK" * 80}</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
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
