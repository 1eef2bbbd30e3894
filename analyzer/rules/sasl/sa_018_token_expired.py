"""A single sign-on token that had expired when it was used (RFC 7519 section 4.1.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..progress import seconds
from ..violations import PLACES
from .failures import refusals, told

_LOGIN = """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{}</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        """
_OLD = "AGEAZXlKaElqb3hmUS5leUpsZUhBaU9qRTNNREF3TURBd01EQjkucw=="  # expired in 2023
_NEW = "AGEAZXlKaElqb3hmUS5leUpsZUhBaU9qUXdNREF3TURBd01EQjkucw=="  # expires in 2096

_CONDITIONS = frozenset({"not-authorized", "credentials-expired", "account-disabled", ""})


def _check(session: Session) -> Iterator[Hit]:
    for refused in refusals(session, _CONDITIONS):
        stanza, _, attempt = refused
        expired = attempt.expires_ns if attempt is not None else None
        now = stanza.source.time_ns
        if expired is None or now is None or expired > now:
            continue
        answers = (call.response for call in session.exchanges)
        places = [one.source for one in answers if one is not None and one.status == 401]
        values: dict[str, Value] = {"ago_s": seconds(now - expired), "calls": len(places)}
        for hit in told(session, [refused]):
            yield Hit((*hit.evidence, *places[:PLACES]), hit.values | values, effect=hit.effect)
        return


RULE = Rule(
    id="SA-018",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The single sign-on token of {agent!t} had expired {ago_s} s before it was used",
    cause="The secret of this login is an access token, and its own expiry (exp) lay {ago_s} s in "
    "the past, by the clock of this recording, so the server refused it ({condition!t}). REST "
    "calls beside it that got 401: {calls}. The desktop did not get a new token in time: the "
    "refresh failed, the PC slept over it, the page was throttled in the background, or a custom "
    "client keeps the first token for ever. A clock that is wrong by that much gives the same "
    "picture.",
    remedy="1. Have the agent sign out and in again: that brings a new token. 2. See why the "
    "refresh failed: REST calls with 401 Bearer before this moment, Cisco IdS reachable from the "
    "PC and its service up. 3. Compare the clocks: utils ntp status on Finesse and IdS, the PC's. "
    "4. A custom client must ask for a new token before the old one ends, and log in with it.",
    reference="RFC 7519 §4.1.4; RFC 6120 §6.5.10; Cisco DevNet, Finesse: REST API with SSO",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    explains=("SA-007", "SA-015", "SA-011", "SA-009", "OR-013", *ENDINGS),
    check=_check,
    fires_on=(_LOGIN.format(_OLD),),
    silent_on=("@login", _LOGIN.format(_NEW), _LOGIN.format("AGEAYg==")),
)
