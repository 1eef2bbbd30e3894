"""The server wants a certificate of the client (RFC 8446 section 4.3.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import failed_with
from .failures import failure, is_about_client
from .handshakes import CLIENT_AUTH_ERRORS


def _check(session: Session) -> Iterator[Hit]:
    failed = failure(session)
    if failed is not None and is_about_client(session, failed):
        yield Hit((failed.place,), failed.told(session))
    yield from failed_with(session, (), CLIENT_AUTH_ERRORS)


RULE = Rule(
    id="TL-007",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} demands a certificate of the client ({error!t})",
    cause="The server ended the handshake because the client showed no certificate, or one it "
    "does not accept. Mutual TLS is meant for the hop from the reverse proxy to the upstream, not "
    "for agents: an agent's browser was sent to the upstream's port, or the reverse proxy's own "
    "certificate is not in the trust store of the upstream.",
    remedy="1. Whose connection is it: an agent's, or the reverse proxy's? 2. Agent: its URL must "
    "lead to the proxy (or to 8445 of the node from inside), check the mapping of hosts and ports. "
    "3. Proxy: exchange the certificates on both sides (utils system reverse-proxy "
    "client-auth), and check that none has expired. 4. openssl s_client -connect HOST:PORT lists "
    "the acceptable client certificate CA names.",
    reference="RFC 8446 §4.3.2, §6.2",
    explains=("TL-010", *ENDINGS),
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED",
        "@tls completed=no alert=S>116",
        "@tls completed=no client-certificate=yes alert=S>40",
        "@tls version=1.2 completed=no client-certificate=yes alert=S>42",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@tls version=1.3\n@login",
        "@tls completed=no alert=S>40",
        "@tls completed=no alert=C>42",
    ),
)
