"""Which secrets a session's recording holds: they travel with the file when it is passed on."""

from ..model.recording import Secret
from ..model.session import Session
from ..model.xmpp import Auth


def count_secrets(session: Session) -> dict[Secret, int]:
    """
    Passwords and SASL exchanges by kind.

    A PLAIN (or OAUTHBEARER) message holds the password or token itself; a SCRAM proof only allows
    guessing at it (RFC 5802 section 9).
    """
    found: dict[Secret, int] = {}
    for stanza in session.stanzas:
        said = stanza.payload
        if type(said) is not Auth or not said.secret_octets:
            continue
        mechanism = said.mechanism
        exchange = mechanism is None or mechanism.upper().startswith("SCRAM-")
        kind = Secret.SASL_EXCHANGE if exchange else Secret.SASL_PASSWORD
        found[kind] = found.get(kind, 0) + 1
    return found
