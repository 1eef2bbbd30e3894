"""An authorization identity unlike the login (RFC 6120 section 6.3.8)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Auth, domain_part, local_part
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        said = stanza.payload
        if not isinstance(said, Auth) or said.authzid is None or said.authcid is None:
            continue
        user = said.authcid.lower().partition("@")[0]
        domain = (session.domain or domain_part(said.authzid)).lower()
        if (local_part(said.authzid), domain_part(said.authzid)) != (user, domain):
            values: dict[str, Value] = {
                "authzid": said.authzid,
                "authcid": said.authcid,
                "domain": domain,
            }
            yield Hit((stanza.source,), values, effect=effect_of_stop(session))
            return


RULE = Rule(
    id="SA-005",
    severity=Severity.WARNING,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client asked to act as {authzid} but logged in as {authcid}",
    cause="The authorization identity must be user@domain of the one who logs in, here {authcid} "
    "at {domain}. Another domain usually means the client puts the host name it connects to (a "
    "proxy's, or the other node's) where xmppDomain belongs; another user means a mix of two "
    "configurations. Openfire refuses such a login unless the user is allowed to act for the "
    "other.",
    remedy="Take the domain from xmppDomain of GET /finesse/api/SystemInfo of the node you connect "
    "to, or leave the authorization identity empty: the server then derives it from the user.",
    reference="RFC 6120 §6.3.8, §6.5.6; RFC 4616 §2",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-007", "SA-014"),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>\
YUBvdGhlci50ZXN0AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-authzid/></failure>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>\
YUBleGFtcGxlLnRlc3QAYQBi</auth>
        """,
    ),
)
