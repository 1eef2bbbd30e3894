"""A PLAIN message of the wrong shape (RFC 4616 section 2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Auth
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, Auth) and said.problem == AnomalyCode.SASL_PLAIN:
            values: dict[str, Value] = {"agent": session.agent or "the client"}
            yield Hit((stanza.source,), values, effect=effect_of_stop(session))
            return


RULE = Rule(
    id="SA-004",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The PLAIN login data of {agent!t} does not hold a user and a password",
    cause="PLAIN is [authzid] NUL user NUL password in UTF-8: exactly two NUL octets, user and "
    "password not empty. What was sent here is not of that shape. Mostly the password is empty "
    "(the page was reloaded and forgot it, or the SSO token was not fetched); else a client that "
    "leaves out the first NUL, or a password in another character set.",
    remedy="Ask the agent to sign out, clear the site's data and sign in again, so that the "
    "password or the token is there. In a custom client build the text as NUL + user + NUL + "
    "password in UTF-8, then base64; check that neither is empty.",
    reference="RFC 4616 §2; RFC 6120 §6.5.8",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-006", "SA-007", "SA-014"),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEA</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        """,
    ),
    silent_on=("@login",),
)
