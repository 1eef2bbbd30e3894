"""The client refused a certificate for its dates (RFC 5280 section 4.1.2.5)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .certificates import Why, refused


def _check(session: Session) -> Iterator[Hit]:
    yield from refused(session, Why.DATES)


RULE = Rule(
    id="TL-013",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The certificate of {server} is out of date, or a clock is wrong ({error!t})",
    cause="The client found the certificate expired or not yet valid. If agents everywhere are "
    "refused since a certain day, it has expired; a renewed one counts only after the services "
    "that use it were restarted. If one PC alone is refused, its clock is wrong; right after a "
    "renewal the clock of the host that issued it may be ahead. "
    "What the recording shows of the certificate: {certificate!t}.",
    remedy="1. openssl s_client -connect HOST:PORT -servername HOST | openssl x509 -noout -dates "
    "shows the dates; show cert own tomcat does on the node. 2. Expired: renew it (Cisco Unified "
    "OS Administration, Certificate Management, tomcat; self-signed: set cert regen tomcat), then "
    "restart Cisco Finesse Tomcat and Cisco Finesse Notification Service; behind a reverse proxy "
    "renew the proxy's, too. 3. Valid: set the clock; utils ntp status on the nodes, w32tm /query "
    "/status on the PC.",
    reference="RFC 5280 §4.1.2.5; RFC 8446 §6.2; Cisco TAC document 118855",
    explains=("TL-005", "TL-010", *ENDINGS),
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_CERT_DATE_INVALID",
        "@tls version=1.2 completed=no alert=C>45",
        "@tls version=1.2 completed=no sni=a.test cert=a.test|CA|-5|a.test alert=C>46",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CERT_AUTHORITY_INVALID",
        "@har\n@no-connect refused",
        "@tls version=1.2 completed=no sni=a.test cert=a.test|CA|90|a.test alert=C>46",
        "@tls version=1.2 completed=no alert=S>40",
        "@login",
    ),
)
