"""No common TLS version or cipher (RFC 8996)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import VERSION_ERRORS, failed_with
from .failures import OBSOLETE, failure, is_mismatch


def _check(session: Session) -> Iterator[Hit]:
    failed, facts = failure(session), session.tls
    if failed is not None and facts is not None and is_mismatch(failed):
        offered = ", ".join(facts.offered_versions) or "unknown versions"
        suites = facts.offered_suites
        values: dict[str, Value] = {"offered": f"{offered} with {suites} cipher suites"}
        modern = not facts.offered_versions or facts.offered_versions[0] not in OBSOLETE
        party = Party.SERVER if modern else Party.CLIENT
        yield Hit((failed.place,), failed.told(session) | values, party=party)
    for hit in failed_with(session, VERSION_ERRORS):
        yield Hit(hit.evidence, hit.values | {"offered": "versions that a HAR does not tell"})


RULE = Rule(
    id="TL-003",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="Client and {server} have no TLS version or cipher in common ({error!t})",
    cause="The client offered {offered!t}; the server takes none of it. Browsers of today speak "
    "TLS 1.2 and 1.3 only, Finesse TLS 1.2 by default since 11.6. Usual reasons: a load balancer "
    "or proxy that ends TLS with an old policy, an old node, a node in FIPS mode with a short list "
    "of ciphers; or an old client (Java, .NET) that offers less than the server demands.",
    remedy="1. openssl s_client -connect HOST:PORT -tls1_2 (and -tls1_3) shows what it speaks. 2. "
    "On the node: show tls server min-version and set tls server min-version 1.2. 3. On a load "
    "balancer or reverse proxy: enable TLS 1.2 with ECDHE and AES-GCM. 4. Do not weaken the "
    "browser: TLS 1.0 and 1.1 are forbidden.",
    reference="RFC 8446 §4.1, §6.2; RFC 8996 §4, §5",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "@tls completed=no hello=C alert=S>70",
        "@tls completed=no hello=C alert=S>40",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@har\n@login",
        "@tls version=1.3\n@login",
        "@tls completed=no alert=S>40",
    ),
)
