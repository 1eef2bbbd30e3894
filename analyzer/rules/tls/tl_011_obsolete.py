"""A session over a version of TLS that must not be used any more (RFC 8996)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import beginning
from .failures import OBSOLETE


def _check(session: Session) -> Iterator[Hit]:
    facts = session.tls
    if facts is not None and facts.version in OBSOLETE:
        place = facts.server_hello or beginning(session)
        best = facts.offered_versions[0] if facts.offered_versions else "unknown"
        values: dict[str, Value] = {
            "version": facts.version,
            "server": session.server,
            "offered": best,
        }
        yield Hit((place,), values, party=Party.CLIENT if best in OBSOLETE else None)


RULE = Rule(
    id="TL-011",
    severity=Severity.WARNING,
    party=Party.SERVER,
    title="{server} speaks {version}, which is obsolete",
    cause="The client's best offer was {offered}. TLS 1.0 and 1.1 are forbidden since 2021, and "
    "browsers of today refuse them: what still works with this client fails with the next browser "
    "update. The server is old or set to an old policy, or the client offers no more.",
    remedy="1. Client's offer below TLS 1.2: update it (Java, .NET: enable TLS 1.2). 2. Else the "
    "server: show tls server min-version and set tls server min-version 1.2 on the node; on a "
    "load balancer or reverse proxy enable TLS 1.2 and 1.3.",
    reference="RFC 8996 §4, §5; RFC 7568 §3",
    needs=frozenset({Needs.TLS}),
    check=_check,
    fires_on=(
        "@tls version=1.0\n@login",
        "@tls version=3.0 locked=no-keys alpn=http/1.1\n@login",
    ),
    silent_on=(
        "@tls version=1.2\n@login",
        "@tls version=1.3\n@login",
    ),
)
