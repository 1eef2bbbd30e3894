"""The login of a desktop, said to a real server: open, PLAIN, bind, presence, subscribe, ping."""

import base64
from collections.abc import Callable

from lxml import etree

from tests.recording.carriers import Channel
from tests.recording.prosody import DOMAIN, Account

NODES = ("User/{name}", "User/{name}/Dialogs")


def log_in(channel: Channel, account: Account, *, pings: int = 2) -> list[str]:
    """
    A whole session, up to its good-bye.

    Returns:
        What the server sent, by local name, in order.
    """
    seen: list[str] = []

    def wait(fits: Callable[[etree._Element], bool]) -> etree._Element:
        while True:
            element = channel.receive()
            seen.append(etree.QName(element).localname)
            if fits(element):
                return element

    def ask(kind: str, identifier: str, to: str, content: str) -> None:
        receiver = f" to='{to}'" if to else ""
        channel.send(
            f"<iq xmlns='jabber:client' type='{kind}' id='{identifier}'{receiver}>{content}</iq>"
        )
        wait(lambda element: element.get("id") == identifier)

    def features(element: etree._Element) -> bool:
        return etree.QName(element).localname == "features"

    channel.open()
    wait(features)
    secret = base64.b64encode(f"\0{account.name}\0{account.password}".encode()).decode()
    channel.send(
        f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
    )
    outcome = wait(lambda element: etree.QName(element).localname in {"success", "failure"})
    if etree.QName(outcome).localname == "failure":
        channel.close()
        return seen
    channel.open()
    wait(features)
    bind = "urn:ietf:params:xml:ns:xmpp-bind"
    ask("set", "_bind_auth_2", "", f"<bind xmlns='{bind}'><resource>desktop</resource></bind>")
    ask("set", "_session_auth_2", "", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>")
    channel.send("<presence xmlns='jabber:client'/>")
    for index, node in enumerate(NODES):
        path = "/finesse/api/" + node.format(name=account.name)
        jid = f"{account.name}@{DOMAIN}/desktop"
        subscribe = f"<subscribe node='{path}' jid='{jid}'/>"
        pubsub = f"<pubsub xmlns='http://jabber.org/protocol/pubsub'>{subscribe}</pubsub>"
        ask("set", f"{index}:subscribenode", f"pubsub.{DOMAIN}", pubsub)
    for index in range(pings):
        ask("get", f"{index}:ping", DOMAIN, "<ping xmlns='urn:xmpp:ping'/>")
    channel.close()
    return seen
