"""A certificate with a fault on a session that works all the same (RFC 9525)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import beginning
from . import chain
from .failures import failure


def _check(session: Session) -> Iterator[Hit]:
    found = chain.grave(chain.defects(session))
    if found and session.tls is not None and failure(session) is None:
        place = session.tls.server_hello or beginning(session)
        values: dict[str, Value] = {"server": session.server, "defects": "; ".join(found)}
        yield Hit((place,), values | {"certificate": chain.told(session)})


RULE = Rule(
    id="TL-010",
    severity=Severity.WARNING,
    party=Party.SERVER,
    title="The certificate of {server} has a fault: {defects!t}",
    cause="This client connected all the same: its user accepted an exception, or it does not "
    "check. Others will be refused, and so will this one once the exception is gone (another "
    "port, another PC, a new browser profile). The certificate: {certificate!t}.",
    remedy="1. Expired: renew it on the node, and restart what uses it (Cisco Tomcat, Notification "
    "Service, Web Proxy). 2. Not yet valid: compare the clocks (utils ntp status, PC). 3. Not for "
    "the name: have agents use a name it holds, or reissue it with that name as SAN.",
    reference="RFC 9525 §6; RFC 5280 §4.1.2.5",
    needs=frozenset({Needs.TLS}),
    check=_check,
    fires_on=(
        "@tls sni=a.test cert=a.test|CA|-5|a.test\n@login",
        "@tls sni=finesse cert=a.test|CA|90|a.test\n@login",
        "@tls sni=a.test cert=a.test|CA|90|a.test cert=CA|Root|-1|\n@login",
        "@tls sni=a.test cert=a.test|CA|400|a.test\n@login",
    ),
    silent_on=(
        "@tls sni=a.test cert=a.test|a.test|90|a.test\n@login",
        "@tls sni=b.a.test cert=a.test|CA|90|*.a.test\n@login",
        "@tls version=1.3\n@login",
        "@tls version=1.2 completed=no sni=a.test cert=b.test|CA|90|b.test\n0.1 C> [fin]",
    ),
)
