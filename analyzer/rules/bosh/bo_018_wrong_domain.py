"""A BOSH session for a domain that the server does not serve (XEP-0124 section 17.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..evidence import ending
from .requests import ended_with

_CONDITIONS = frozenset({"host-unknown", "host-gone", "improper-addressing"})


def _check(session: Session) -> Iterator[Hit]:
    if ended_with(session, _CONDITIONS):
        values: dict[str, Value] = {
            "condition": session.close.condition or "",
            "domain": session.domain or "none",
            "server": session.server,
        }
        yield Hit((ending(session),), values)


RULE = Rule(
    id="BO-018",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{server} does not serve the domain {domain!t}: {condition}",
    cause="The client asks for the session with to='{domain!t}', and that must be the XMPP domain "
    "that SystemInfo calls xmppDomain: the host name of the primary Finesse node, in full, also on "
    "the secondary. An IP address, a short name, the proxy's name or the other node's name is "
    "refused.",
    remedy="1. GET /finesse/api/SystemInfo and compare xmppDomain with '{domain!t}'. 2. Open the "
    "desktop by its full host name. 3. After a change of host name: restart Tomcat and the "
    "Notification Service.",
    reference="XEP-0124 §17.2; Cisco DevNet, Finesse: SystemInfo",
    needs=frozenset({Needs.BOSH}),
    explains=(*ENDINGS, "OR-006"),
    check=_check,
    fires_on=(
        """
        @bosh
        0.0 C> <body rid='157374182' to='10.1.1.1' ver='1.6' wait='60' hold='1'/>
        0.1 S> <body type='terminate' condition='host-unknown'/>
        """,
    ),
    silent_on=("@bosh\n@login", "@login"),
)
