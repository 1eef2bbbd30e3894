"""A TLS handshake whose octets were changed on the way (RFC 8446 section 6.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .handshakes import DAMAGED, DAMAGED_ERRORS, broken


def _check(session: Session) -> Iterator[Hit]:
    yield from broken(session, DAMAGED, DAMAGED_ERRORS)


RULE = Rule(
    id="TL-015",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="The TLS handshake with {server} was changed on the way ({error!t}, from {side!t})",
    cause="One side could not open or verify what the other had sent: the two do not hold the "
    "same keys, or octets of the handshake changed between them. Bad links do not do that, since "
    "TCP's checksums catch their errors; what opens and rewrites connections does: TLS inspection, "
    "an antivirus, a VPN with compression. Rarely a server signs with a key that does not fit its "
    "certificate, and then nobody gets in.",
    remedy="1. Can nobody connect? Then the server's key does not fit its certificate: install the "
    "pair again. 2. Only some PCs: switch off HTTPS scanning of the antivirus there, and exempt "
    "the Finesse hosts (8445, 7443) from TLS inspection in proxy and firewall. 3. Captures at both "
    "ends at once show which octets of the handshake differ.",
    reference="RFC 8446 §6.2; RFC 5246 §7.2.2",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_BAD_RECORD_MAC_ALERT",
        "@tls version=1.2 completed=no alert=C>51",
        "@tls completed=no alert=S>20",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@har\n@login",
        "@tls completed=no alert=S>80",
        "@tls alert=S>20\n@login",
    ),
)
