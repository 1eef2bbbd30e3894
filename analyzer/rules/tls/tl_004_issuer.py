"""One server, certificates of several issuers: somebody in between signs them anew."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort
from ..consequences import ENDINGS, HANDSHAKES
from ..evidence import beginning
from .failures import failure
from .issuers import odd_ones


def _check(cohort: Cohort) -> Iterator[Hit]:
    for odd in odd_ones(cohort.sessions):
        shown = odd.session.tls.server_hello if odd.session.tls is not None else None
        values: dict[str, Value] = {
            "name": odd.name,
            "issuer": odd.issuer,
            "usual": odd.usual,
            "count": odd.others,
        }
        hit = Hit((shown or beginning(odd.session),), values, session=odd.session.number)
        if failure(odd.session) is not None:
            hit = replace(hit, severity=Severity.ERROR, effect=Effect.BREAKS)
        yield hit


RULE = Rule(
    id="TL-004",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    party=Party.PROXY,
    title="The certificate of {name} comes from another issuer here ({issuer}) than elsewhere",
    cause="{count:other session with the same name was|other sessions with the same name were} "
    "shown a certificate of {usual}. Either it was renewed in between, or something on this way "
    "breaks TLS open and signs anew: a proxy, a firewall, a VPN gateway (ZTNA) or an antivirus. A "
    "client that does not know its CA refuses that; such devices often spoil long WebSockets.",
    remedy="1. Who is {issuer}? Your own inspection CA, an antivirus, or the new issuer after a "
    "renewal? 2. If it inspects: exempt the Finesse hosts and ports (8445, 7443) from inspection "
    "for all agents. 3. If both nodes answer to one name: give both certificates of one CA. 4. If "
    "nobody knows it, treat it as an attack.",
    reference="RFC 9525 §6; RFC 5280 §4.1.2.4",
    explains=(*HANDSHAKES, *ENDINGS),
    check=_check,
    fires_on=(
        """
        @tls sni=a.test cert=a.test|CA|90|a.test
        @login
        @connection 10
        @tls version=1.2 completed=no sni=a.test cert=a.test|Inspection|90|a.test alert=C>48
        """,
        """
        @tls sni=a.test cert=a.test|CA|90|a.test
        @login
        @connection 10
        @tls sni=a.test cert=a.test|Inspection|90|a.test
        @login
        """,
    ),
    silent_on=(
        "@tls version=1.3\n@login",
        """
        @tls sni=a.test cert=a.test|CA|90|a.test
        @login
        @connection 10
        @tls sni=a.test cert=a.test|CA|99|a.test
        @login
        """,
        """
        @tls sni=a.test cert=a.test|CA|90|a.test
        @login
        @connection 10
        @tls sni=b.test cert=b.test|Other|90|b.test
        @login
        """,
    ),
)
