"""The connection went down under the session (RFC 9293 section 3.6)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..evidence import ending
from .cut import is_cut, is_idle_cut, told


def _check(session: Session) -> Iterator[Hit]:
    if is_cut(session) and not is_idle_cut(session):
        yield Hit((ending(session),), told(session))


RULE = Rule(
    id="CO-004",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The connection to {server} was lost {age_s} s after it began ({how!t}, by {side!t})",
    cause="Nobody said good-bye: no <close/>, no presence unavailable, no WebSocket Close (of an "
    "encrypted session: as far as that shows). The last message was {idle_s} s old. rst is an "
    "abort: a process that was killed or crashed, a firewall or antivirus that tears the "
    "connection down, a host that no longer knows it. fin is an ordinary end of TCP: a proxy or "
    "the server closed without a word. closed is all that a HAR can tell. Wi-Fi or VPN that "
    "changes, and a PC that sleeps, look the same.",
    remedy="1. Compare the second of the loss with other agents: all at once is the server side "
    "(Notification Service, proxy, host), one by one is the client side (Wi-Fi, VPN, PC). 2. "
    "Server side: utils service list and the openfire and webproxy logs of that second (file get "
    "activelog desktop recurs compress). 3. Client side: the PC's network and power events, VPN "
    "and antivirus logs. 4. If neither shows anything, capture on both ends at once: if each sees "
    "the other one closing, a device in between did it.",
    reference="RFC 9293 §3.6, §3.10.7.4; RFC 6455 §7.1.5",
    needs=frozenset({Needs.END}),
    explains=tuple(rule_id for rule_id in ENDINGS if rule_id not in {"CO-004", "CO-005", "CO-010"}),
    check=_check,
    fires_on=(
        "@login\n5.0 S> [rst]",
        "@login\n5.0 S> [fin]",
        "@har\n@login\n3.0 S> [rst]",
        """
        @login
        20.0 C> <iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>
        40.0 S> [fin]
        """,
        "@login\n8.0 S> [rst]",
        "@login\n30.0 C> [fin]",
        "@tls locked=no-keys alpn=http/1.1\n@login\n8.0 S> [rst]",
    ),
    silent_on=(
        "@login",
        "@login\n60.9 S> [fin]",
        """
        @login
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        5.1 C> [rst]
        """,
        """
        @login until=open
        5.0 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>
        5.1 S> [fin]
        """,
        "@no-upgrade 403 Forbidden\n1.0 C> [fin]",
        "@login\n5.0 C> [close 1001]\n5.1 C> [fin]",
        "@tls locked=no-keys alpn=http/1.1\n@login\n60.9 C> [rst]",
    ),
)
