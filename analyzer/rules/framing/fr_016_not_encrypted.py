"""A WebSocket without TLS over a network (RFC 7395 sections 3.9 and 6)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Auth
from ..evidence import beginning

_LOOPBACK = ("127.", "[::1]", "localhost")


def _check(session: Session) -> Iterator[Hit]:
    host = (session.url or "").partition("://")[2] or session.server
    plain = any(
        isinstance(s.payload, Auth) and s.payload.mechanism == "PLAIN" for s in session.negotiation
    )
    if session.encrypted is False and not plain and not host.startswith(_LOOPBACK):
        values: dict[str, Value] = {"server": session.server}
        yield Hit((beginning(session),), values)


RULE = Rule(
    id="FR-016",
    severity=Severity.INFO,
    title="The WebSocket to {server} is not encrypted",
    cause="Everything said on it can be read and changed on the way: who calls whom, call "
    "variables, states. Finesse has used TLS only since 12.5; this is an older release, a port "
    "opened on purpose (enableInsecureOpenfirePort), or the hop behind a proxy that ends TLS, "
    "where it may be all right.",
    remedy="For agents: wss://FQDN:8445/ws/ (7443 before 12.6). If the port was opened for a "
    "capture, close it again: utils finesse set_property webservices enableInsecureOpenfirePort "
    "false, then restart Cisco Finesse Notification Service and Tomcat.",
    reference="RFC 7395 §3.9, §6",
    needs=frozenset({Needs.HTTP}),
    check=_check,
    fires_on=(
        """
        @url ws://finesse.example.test:7071/ws/
        @login until=open
        """,
    ),
    silent_on=(
        "@login until=open",
        """
        @url ws://localhost:7071/ws/
        @login until=open
        """,
        """
        @url ws://finesse.example.test:7071/ws/
        @login
        """,
    ),
)
