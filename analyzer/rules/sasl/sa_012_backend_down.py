"""A login refused because the server cannot check it now (RFC 6120 section 6.5.11)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Source
from ..consequences import ENDINGS
from ..violations import PLACES
from .failures import refusals, told


def _check(session: Session) -> Iterator[Hit]:
    down = [*refusals(session, {"temporary-auth-failure"})]
    refused = down or [*refusals(session, {"not-authorized", ""})]
    places = _unserved(session) if refused else []
    if down or places:
        for hit in told(session, refused):
            values: dict[str, Value] = {**hit.values, "calls": len(places)}
            yield Hit((*hit.evidence, *places[:PLACES]), values, effect=hit.effect)


def _unserved(session: Session) -> list[Source]:
    """REST calls that got 503 though the node is in service: it is the login that does not work."""
    info = session.system_info
    if info is not None and info.status not in {None, "IN_SERVICE"}:
        return []
    answers = [call.response for call in session.exchanges if call.response is not None]
    return [one.source for one in answers if one.status == 503]


_LOGIN = """
        {call}@connection 0
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><{condition}/></failure>
        """
_CALL = """@connection 0
        1.0 C> [http GET /finesse/api/{path} {answer}
        """
_OUT = "200] <SystemInfo><status>OUT_OF_SERVICE</status></SystemInfo>"


RULE = Rule(
    id="SA-012",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server could not check the login of {agent!t} just now",
    cause="The refusal ({condition!t}; REST calls beside it that got 503: {calls}) says nothing "
    "about the password: whoever checks it does not answer. That is the AWDB on UCCE/PCCE (both "
    "primary and backup), the UCCX database, LDAP, or with SSO Cisco IdS. Agents signed in before "
    "keep working for about 30 minutes from the cache; only new logins fail.",
    remedy="1. In the Finesse administration console check the Contact Center Enterprise "
    "Administration Server settings (host, port 1433, database, user) and test the way from both "
    "Finesse nodes: utils network ping HOST, and the firewall for 1433. 2. With SSO check Cisco "
    "IdS and its clock (utils ntp status). Do not reset passwords before that.",
    reference="RFC 6120 §6.5.11; Cisco Finesse Administration Guide, Failover Mechanisms",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-007", "SA-009", "SA-015", *ENDINGS),
    check=_check,
    fires_on=(
        _LOGIN.format(call="", condition="temporary-auth-failure"),
        _LOGIN.format(call=_CALL.format(path="User/a", answer="503]"), condition="not-authorized"),
    ),
    silent_on=(
        "@login",
        _LOGIN.format(call=_CALL.format(path="User/a", answer="401]"), condition="not-authorized"),
        _LOGIN.format(
            call=_CALL.format(path="SystemInfo", answer="503]")
            + _CALL.format(path="SystemInfo", answer=_OUT),
            condition="not-authorized",
        ),
    ),
)
