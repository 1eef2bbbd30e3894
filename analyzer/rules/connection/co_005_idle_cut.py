"""Cut in silence: a timeout on the way (no RFC; nginx proxy_read_timeout)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..evidence import ending
from .cut import is_idle_cut, told


def _check(session: Session) -> Iterator[Hit]:
    if is_idle_cut(session):
        yield Hit((ending(session),), told(session))


RULE = Rule(
    id="CO-005",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="The connection to {server} was cut after {idle_s} s of silence",
    cause="Nothing was outstanding and nobody said good-bye: a proxy, load balancer or firewall on "
    "the way takes a connection for dead when nothing passes for a time, and {idle_s} s is its "
    "limit (nginx: proxy_read_timeout, 60 s unless set; load balancers 30 to 350 s). The client "
    "should ping every {ping_s} s. If the silence was shorter, the limit is too low for it; if it "
    "was longer, the pings had stopped before: a throttled background tab, a sleeping PC, or a "
    "client that does not ping.",
    remedy="1. Raise the idle timeout for /ws/ on every device on the way; nginx: "
    "proxy_read_timeout 3600s and proxy_send_timeout 3600s in the location of /ws/. For a load "
    "balancer or firewall the TCP idle timeout of that port, at least 300 s. 2. If the silence is "
    "longer than {ping_s} s, find why pings stopped: browser policy (keep Finesse out of sleeping "
    "tabs and efficiency mode), power plan of the PC. 3. Record again over two drops: the same "
    "silence each time proves a timeout.",
    reference="nginx, ngx_http_proxy_module: proxy_read_timeout; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.END, Needs.TIMES}),
    explains=tuple(rule_id for rule_id in ENDINGS if rule_id not in {"CO-004", "CO-005"}),
    check=_check,
    fires_on=(
        "@login\n60.9 S> [fin]",
        "@login\n301.0 S> [rst]",
        "@har\n@login\n6.7 S> [fin]",
        "@tls locked=no-keys alpn=http/1.1\n@login\n60.9 S> [fin]",
        """
        @login
        60.9 S> [fin]
        63.0 C> <iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
    ),
    silent_on=(
        "@login",
        "@login\n3.0 S> [fin]",
        "@login\n8.0 S> [rst]",
        "@login\n60.9 C> [fin]",
        "@tls locked=no-keys alpn=http/1.1\n@login\n1.9 S> [fin]",
        """
        @login
        20.0 C> <iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>
        40.0 S> [fin]
        """,
        "30.0 S> [fin]",
    ),
)
