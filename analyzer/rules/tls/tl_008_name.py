"""The server does not know the name it was asked for (RFC 6066 section 3)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Side
from ..consequences import ENDINGS
from .failures import failure


def _check(session: Session) -> Iterator[Hit]:
    failed, facts = failure(session), session.tls
    if failed is None or facts is None or failed.by is Side.CLIENT:
        return
    if failed.alert == "unrecognized_name":
        name = facts.server_name or "none"
        yield Hit((failed.place,), failed.told(session) | {"name": name})


RULE = Rule(
    id="TL-008",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} does not know the name {name!t}",
    cause="The client asked for that name (SNI), and what answered has no certificate for it: a "
    "reverse proxy or load balancer whose map lacks the name, a DNS entry that leads to another "
    "machine, or a short name or IP address in the URL instead of the FQDN.",
    remedy="1. nslookup NAME on the PC: is the address the proxy's or the node's? 2. On the "
    "reverse proxy: is there a server block (server_name, map file) for this name and port? 3. "
    "Have agents use the FQDN that the certificate holds.",
    reference="RFC 6066 §3; RFC 8446 §6.2",
    needs=frozenset({Needs.TLS}),
    explains=ENDINGS,
    check=_check,
    fires_on=("@tls completed=no hello=C sni=finesse alert=S>112",),
    silent_on=(
        "@tls version=1.3\n@login",
        "@tls completed=no alert=S>40",
        "@tls completed=no alert=C>112",
    ),
)
