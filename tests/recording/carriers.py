"""A client's end of a stream, by each carrier: elements go out, elements come in."""

import http.client
import socket
import ssl
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from lxml import etree
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.recording.prosody import DOMAIN, Running

PATIENCE_S = 10.0

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
STREAMS = "http://etherx.jabber.org/streams"
HTTPBIND = "http://jabber.org/protocol/httpbind"


class Channel(Protocol):
    """A stream to the server."""

    def open(self) -> None:
        """Open the stream, or open it again behind authentication."""

    def send(self, element: str) -> None:
        """Send an element."""

    def receive(self) -> etree._Element:
        """The next element; raises TimeoutError where none comes."""

    def close(self) -> None:
        """Say good-bye and leave."""


def context(server: Running, keys: Path, version: ssl.TLSVersion) -> ssl.SSLContext:
    """TLS of one version that trusts the server and writes a key log."""
    made = ssl.create_default_context(cafile=str(server.certificate))
    made.minimum_version = made.maximum_version = version
    made.keylog_filename = str(keys)
    return made


class WebSocketChannel:
    """RFC 7395."""

    def __init__(self, server: Running, tls: ssl.SSLContext) -> None:
        port = server.ports.https
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(
                f"wss://{DOMAIN}:{port}/xmpp-websocket",
                sock=socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S),
                ssl=tls,
                server_hostname=DOMAIN,
                subprotocols=[Subprotocol("xmpp")],
                proxy=None,
            )
        )

    def open(self) -> None:
        self.send(f"<open xmlns='{FRAMING}' to='{DOMAIN}' version='1.0'/>")
        self.receive()

    def send(self, element: str) -> None:
        self._socket.send(element)

    def receive(self) -> etree._Element:
        return etree.fromstring(self._socket.recv(PATIENCE_S))

    def close(self) -> None:
        self.send(f"<close xmlns='{FRAMING}'/>")
        self.receive()
        self._open.close()


class TcpChannel:
    """RFC 6120, with STARTTLS."""

    def __init__(self, server: Running, tls: ssl.SSLContext) -> None:
        address = ("127.0.0.1", server.ports.tcp)
        self._socket = socket.create_connection(address, timeout=PATIENCE_S)
        self.open()
        self.receive()
        self.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.receive()
        self._socket = tls.wrap_socket(self._socket, server_hostname=DOMAIN)

    def open(self) -> None:
        self._parser = etree.XMLPullParser(events=("start", "end"))
        self._depth = 0
        self._waiting: deque[etree._Element] = deque()
        self.send(
            f"<stream:stream xmlns='jabber:client' xmlns:stream='{STREAMS}' to='{DOMAIN}' "
            "version='1.0'>"
        )

    def send(self, element: str) -> None:
        self._socket.sendall(element.encode())

    def receive(self) -> etree._Element:
        while not self._waiting:
            self._parser.feed(self._socket.recv(65_536))
            for event, element in self._parser.read_events():
                self._depth += 1 if event == "start" else -1
                if event == "end" and self._depth == 1:
                    self._waiting.append(element)
        return self._waiting.popleft()

    def close(self) -> None:
        self.send("</stream:stream>")
        while self._socket.recv(65_536):
            pass
        self._socket.close()


class BoshChannel:
    """XEP-0124 with XEP-0206, one request at a time: the server answers as soon as it can."""

    def __init__(self, server: Running, tls: ssl.SSLContext) -> None:
        self._http = http.client.HTTPSConnection(DOMAIN, server.ports.https, context=tls)
        plain = socket.create_connection(("127.0.0.1", server.ports.https), timeout=PATIENCE_S)
        self._http.sock = tls.wrap_socket(plain, server_hostname=DOMAIN)
        self._rid = 4_096_000_001
        self._sid = ""
        self._waiting: deque[etree._Element] = deque()

    def open(self) -> None:
        if self._sid:
            self._post("xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'", "")
            return
        body = self._post(
            "xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh' wait='2' hold='1' ver='1.6' "
            "content='text/xml; charset=utf-8'",
            "",
        )
        self._sid = body.get("sid", "")

    def send(self, element: str) -> None:
        self._post("", element)

    def receive(self) -> etree._Element:
        for _ in range(5):
            if self._waiting:
                return self._waiting.popleft()
            self._post("", "")
        raise TimeoutError

    def close(self) -> None:
        self._post("type='terminate'", "<presence xmlns='jabber:client' type='unavailable'/>")
        self._http.close()

    def _post(self, attributes: str, content: str) -> etree._Element:
        self._rid += 1
        sid = f"sid='{self._sid}'" if self._sid else ""
        body = (
            f"<body xmlns='{HTTPBIND}' rid='{self._rid}' {sid} to='{DOMAIN}' {attributes}>"
            f"{content}</body>"
        )
        headers = {"Host": DOMAIN, "Content-Type": "text/xml; charset=utf-8"}
        self._http.request("POST", "/http-bind", body.encode(), headers)
        root = etree.fromstring(self._http.getresponse().read())
        self._waiting.extend(root)
        return root


CARRIERS: dict[str, type[WebSocketChannel] | type[TcpChannel] | type[BoshChannel]] = {
    "websocket": WebSocketChannel,
    "bosh": BoshChannel,
    "starttls": TcpChannel,
}
