"""A login refused because the server cannot check it now (RFC 6120 section 6.5.11)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .failures import refusals, told


def _check(session: Session) -> Iterator[Hit]:
    yield from told(session, refusals(session, {"temporary-auth-failure"}))


RULE = Rule(
    id="SA-012",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server could not check the login of {agent} just now",
    cause="temporary-auth-failure: the password may be right, but whoever checks it does not "
    "answer. That is the AWDB on UCCE/PCCE (both primary and backup), the UCCX database, LDAP, or "
    "with SSO Cisco IdS. Agents signed in before keep working for about 30 minutes from the cache; "
    "only new logins fail.",
    remedy="In the Finesse administration console check the Contact Center Enterprise "
    "Administration Server settings (host, port 1433, database, user) and test the way from both "
    "Finesse nodes: utils network ping HOST, and the firewall for 1433. With SSO check Cisco IdS "
    "and its clock (utils ntp status). Do not reset passwords before that.",
    reference="RFC 6120 §6.5.11; Cisco Finesse Administration Guide, Failover Mechanisms",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><temporary-auth-failure/></failure>
        """,
    ),
    silent_on=("@login",),
)
