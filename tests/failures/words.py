"""Stanzas as the server and the desktop write them, for stories that need other ones."""

from html import escape

from .story import AGENT, Said

DOMAIN = "finesse.example.test"
PEER = f"finesse@{DOMAIN}/pub"
USER = f"/finesse/api/User/{AGENT}"
DIALOGS = f"{USER}/Dialogs"
SYSTEM_INFO = "/finesse/api/SystemInfo"

_EVENT = (
    "<message to='{to}' id='m{item}' from='pubsub.{domain}' xmlns='jabber:client'>"
    "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='{node}'>"
    "<item id='{item}'><notification xmlns='http://jabber.org/protocol/pubsub'>{update}"
    "</notification></item></items></event></message>"
)


def update(data: str, source: str, request_id: str = "", event: str = "PUT") -> str:
    """The body of a Finesse notification."""
    return (
        f"<Update><data>{data}</data><event>{event}</event><requestId>{request_id}</requestId>"
        f"<source>{source}</source></Update>"
    )


def event(at_s: float, node: str, body: str, item: str | None = None) -> Said:
    """A notification of a node."""
    name = item or f"item-{round(at_s * 1000)}"
    text = _EVENT.format(
        to=f"{AGENT}@{DOMAIN}", item=name, domain=DOMAIN, node=node, update=escape(body)
    )
    return Said(at_s, "S>", text)


def user(at_s: float, state: str, request_id: str = "", reason: str | None = None) -> Said:
    """The agent's state changed."""
    data = f"<user><loginId>{AGENT}</loginId><state>{state}</state>"
    if reason is not None:
        data += f"<reasonCodeId>{reason}</reasonCodeId>"
    return event(at_s, USER, update(f"{data}</user>", USER, request_id))


def service(at_s: float, status: str) -> Said:
    """Finesse says whether it is in service."""
    data = f"<systemInfo><status>{status}</status></systemInfo>"
    return event(at_s, SYSTEM_INFO, update(data, SYSTEM_INFO))


def presence(at_s: float, kind: str | None = None, peer: str = PEER) -> Said:
    """Presence of Finesse; `kind` is its type."""
    told = f" type='{kind}'" if kind else ""
    return Said(
        at_s, "S>", f"<presence to='{AGENT}@{DOMAIN}' from='{peer}'{told} xmlns='jabber:client'/>"
    )


def refused(request: str, kind: str, *conditions: str, by: str | None = None) -> str:
    """An iq error; the first condition is RFC 6120's, a second one XEP-0060's."""
    names = ("urn:ietf:params:xml:ns:xmpp-stanzas", "http://jabber.org/protocol/pubsub#errors")
    told = "".join(f"<{c} xmlns='{n}'/>" for c, n in zip(conditions, names, strict=False))
    sender = f" from='{by}'" if by else ""
    return (
        f"<iq type='error' id='{request}'{sender} to='{AGENT}@{DOMAIN}/desktop' "
        f"xmlns='jabber:client'><error type='{kind}'>{told}</error></iq>"
    )


def stream_error(at_s: float, condition: str, text: str = "") -> tuple[Said, Said]:
    """A stream error and the `<close/>` behind it."""
    names = "urn:ietf:params:xml:ns:xmpp-streams"
    words = f"<text xmlns='{names}'>{text}</text>" if text else ""
    error = (
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>"
        f"<{condition} xmlns='{names}'/>{words}</stream:error>"
    )
    close = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
    return Said(at_s, "S>", error), Said(at_s + 0.001, "S>", close)


def system_info(status: str, heartbeat: str = "success") -> str:
    """What GET SystemInfo answers."""
    return (
        f"<SystemInfo><status>{status}</status><xmppDomain>{DOMAIN}</xmppDomain>"
        f"<xmppPubSubDomain>pubsub.{DOMAIN}</xmppPubSubDomain>"
        f"<lastCTIHeartbeatStatus>{heartbeat}</lastCTIHeartbeatStatus></SystemInfo>"
    )
