"""Requests of BOSH with their responses, as the decoder tells them."""

from collections.abc import Iterable
from typing import NamedTuple

from analyzer.model.bosh import Turn
from analyzer.model.flow import Connection, EndCause, Endpoint
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.session import SeenIn, Session
from analyzer.model.source import HarSource, PacketSource, Side, Source
from analyzer.protocol.bosh import Bosh
from analyzer.session.build import Builder
from tests.session.conversation import PROFILE, ns, tcp

URL = "https://example.test:7443/http-bind/"
NS = "xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh'"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
GRANTED = "wait='60' hold='1' requests='2' inactivity='30' polling='5' from='example.test'"
BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{}</bind>"


class Post(NamedTuple):
    """
    A request with what came of it; the same number may be on any connection.

    Attributes:
        at: Seconds.
        until: When it was answered; None if it was not.
        sent: Its body; None if it was not captured.
        got: Body of the answer; None if the recording lacks it.
        status: Of the answer.
        url: Whom it went to.
        error: What the browser said.
    """

    at: float
    until: float | None
    sent: str | None
    got: str | None = f"<body {NS}/>"
    status: int = 200
    url: str = URL
    error: str | None = None

    def turn(self, *, har: int | None = None) -> Turn:
        """As decoded; `har`: index of the entry, where a browser recorded it."""
        sent = b"" if self.sent is None else self.sent.encode()
        got = b"" if self.got is None else self.got.encode()
        request = Request(
            method="POST",
            url=self.url,
            headers=(("User-Agent", "Browser/1"),),
            body=sent,
            body_length=len(sent),
            source=_at(self.at, har, 0),
        )
        response = None
        if self.until is not None:
            response = Response(
                status=self.status,
                body=got,
                body_length=len(got),
                source=_at(self.until, har, 1),
            )
        (turn,) = Bosh(0).feed(Exchange(request=request, response=response, error=self.error))
        assert isinstance(turn, Turn)
        return turn


def _at(seconds: float, har: int | None, side: int) -> Source:
    if har is not None:
        return HarSource(0, har, None, ns(seconds))
    packet = round(seconds * 1_000) * 2 + side + 1
    return PacketSource(0, packet, packet, ns(seconds), packet * 10_000)


def body(rid: int, content: str = "", attributes: str = "", sid: str = "s1") -> str:
    """A request of the session."""
    return f"<body rid='{rid}' sid='{sid}' {attributes} {NS}>{content}</body>"


def answer(content: str = "", attributes: str = "") -> str:
    """A response of the server."""
    stream = "xmlns:stream='http://etherx.jabber.org/streams'"
    return f"<body {attributes} {stream} {NS}>{content}</body>"


def creation(rid: int = 1_000_000, at: float = 0.0, sid: str = "s1") -> Post:
    """A request for a session, granted."""
    asks = f"<body rid='{rid}' to='example.test' wait='60' hold='1' ver='1.6' {NS}/>"
    offers = (
        f"<stream:features><mechanisms xmlns='{SASL}'><mechanism>PLAIN</mechanism></mechanisms>"
        "</stream:features>"
    )
    return Post(at, at + 0.01, asks, answer(offers, f"sid='{sid}' {GRANTED}"))


def login(rid: int = 1_000_000, sid: str = "s1") -> list[Post]:
    """A login up to the initial presence; the next request has rid + 5."""
    auth = f"<auth xmlns='{SASL}' mechanism='PLAIN'>AGFnZW50MQBwdw==</auth>"
    offers = f"<stream:features>{BIND.format('')}</stream:features>"
    bind = BIND.format("<resource>desktop</resource>")
    bound = BIND.format("<jid>agent1@example.test/desktop</jid>")
    return [
        creation(rid, sid=sid),
        Post(0.1, 0.11, body(rid + 1, auth, sid=sid), answer(f"<success xmlns='{SASL}'/>")),
        Post(
            0.2,
            0.21,
            body(rid + 2, "", "to='example.test' xmpp:restart='true'", sid=sid),
            answer(offers),
        ),
        Post(
            0.3,
            0.31,
            body(rid + 3, f"<iq xmlns='jabber:client' type='set' id='b'>{bind}</iq>", sid=sid),
            answer(f"<iq xmlns='jabber:client' type='result' id='b'>{bound}</iq>"),
        ),
        Post(
            0.4,
            0.41,
            body(rid + 4, "<presence xmlns='jabber:client'/>", sid=sid),
            answer("<presence xmlns='jabber:client' from='finesse@example.test/x'/>"),
        ),
    ]


def goodbye(rid: int, at: float = 5.0, sid: str = "s1") -> Post:
    """An orderly end."""
    away = "<presence xmlns='jabber:client' type='unavailable'/>"
    return Post(
        at, at + 0.01, body(rid, away, "type='terminate'", sid), answer("", "type='terminate'")
    )


def sessions(
    posts: Iterable[tuple[int, Post]],
    ends: dict[int, Connection] | None = None,
    *,
    until: float = 10.0,
    har: bool = False,
) -> list[Session]:
    """
    The sessions of what went over several connections.

    Args:
        posts: Number of the connection, and what went over it.
        ends: How the connections ended; those without one by a FIN of the client at `until`.
        until: Seconds the recording lasted.
        har: Every request is an entry of a HAR.
    """
    builder = Builder(0, SeenIn.HAR if har else SeenIn.PACKETS, PROFILE)
    numbers: list[int] = []
    found: list[Session] = []
    for entry, (number, post) in enumerate(posts):
        if har:
            found += builder.feed(entry, [post.turn(har=entry), entry_of(entry, post)])
        else:
            numbers.append(number)
            found += builder.feed(number, [post.turn()])
    for number in dict.fromkeys(numbers):
        end = (ends or {}).get(number, tcp(EndCause.FIN, until, Side.CLIENT, number=number))
        found += builder.feed(number, [end])
    return found + builder.finish()


def entry_of(number: int, post: Post) -> Connection:
    """What a HAR knows of a request's connection."""
    return Connection(
        capture=0,
        number=number,
        server=Endpoint("example.test", 7443),
        opened_ns=ns(post.at),
        closed_ns=None if post.until is None else ns(post.until),
        opened_source=HarSource(0, number, None, ns(post.at)),
    )
