"""
What both sides have said of one handshake, and the keys that follow from it.

The two directions come in any order. Each writes down here what it has seen; a direction that
needs what the other has not yet delivered is told to wait.
"""

from enum import Enum

from ...model.limits import TLS_HANDSHAKE_OCTETS
from ...model.source import Direction
from ...model.tls import Locked
from .cipher import Opener, opener_of
from .handshake import (
    ENCRYPT_THEN_MAC,
    EXTENDED_MASTER_SECRET,
    SESSION_TICKET,
    ClientHello,
    MalformedError,
    ServerHello,
    encrypted_premaster,
)
from .keyring import KeyRing
from .schedule import Keys, master_secret, record_keys, session_hash
from .suites import Suite, suite_of


class Wait(Enum):
    """What is needed may still come."""

    WAIT = "wait"


WAIT = Wait.WAIT


class Negotiation:
    """
    One handshake; a renegotiation is another one.

    Attributes:
        hello: The client's; None as long as it has not been seen.
        answer: The server's.
        retry: A HelloRetryRequest.
        hello_lost: The client's hello will not come any more.
        answer_lost: Nor will the server's.
        flight_over: The server's messages before the keys are complete, or lost.
        exchange_over: So are the client's.
        full: The server sent a ServerHelloDone: no session was resumed.
        broken: Messages that a session hash covers are lost.
        exchange: Body of the ClientKeyExchange.
    """

    def __init__(self) -> None:
        self.hello: ClientHello | None = None
        self.answer: ServerHello | None = None
        self.retry: ServerHello | None = None
        self.hello_lost = False
        self.answer_lost = False
        self.flight_over = False
        self.exchange_over = False
        self.full = False
        self.broken = False
        self.exchange: bytes | None = None
        self._ticket = b""
        self._master_secret: bytes | None = None
        self._said: dict[Direction, list[bytes]] = {way: [] for way in Direction}
        self._octets = 0
        self._made: tuple[Opener, Opener] | Locked | None = None

    def say(self, way: Direction, octets: bytes) -> None:
        """Remember a message for the session hash."""
        self._octets += len(octets)
        if self._octets > 2 * TLS_HANDSHAKE_OCTETS:
            self.broken = True
        else:
            self._said[way].append(octets)

    def forget(self) -> None:
        """No session hash is needed any more."""
        for said in self._said.values():
            said.clear()

    def begin(self, hello: ClientHello, octets: bytes) -> None:
        """Take in the client's hello, or its next one behind a HelloRetryRequest."""
        if self.hello is not None and self.hello.random != hello.random:
            self._said[Direction.TO_SERVER].clear()
        self.hello = hello
        self.say(Direction.TO_SERVER, octets)

    def give(self, ticket: bytes, keys: KeyRing) -> None:
        """The server gives a ticket to resume this session with."""
        self._ticket = ticket
        if self._master_secret is not None:
            keys.remember(ticket, self._master_secret)

    @property
    def version(self) -> int | None:
        """Of the protocol; None as long as the server has not chosen."""
        answer = self.answer or self.retry
        return None if answer is None else answer.version

    def settled(self) -> bool:
        """Both hellos are there, or what is not will not come."""
        hello = self.hello is not None or self.hello_lost
        return hello and (self.answer is not None or self.answer_lost)

    def opener(self, way: Direction, keys: KeyRing) -> Opener | Locked | Wait:
        """What opens one direction up to TLS 1.2."""
        if not self.settled():
            return WAIT
        if self._made is None:
            made = self._make(keys)
            if isinstance(made, Wait):
                return made
            self._made = made
            self.forget()
        if isinstance(self._made, Locked):
            return self._made
        return self._made[0 if way is Direction.TO_SERVER else 1]

    def _make(self, keys: KeyRing) -> tuple[Opener, Opener] | Locked | Wait:
        hello, answer = self.hello, self.answer
        if hello is None or answer is None:
            return Locked.NO_HANDSHAKE
        suite = suite_of(answer.suite)
        if suite is None or answer.compression > 1:
            return Locked.CIPHER
        master = self._master(hello, answer, suite, keys)
        if isinstance(master, Wait):
            return master
        if isinstance(master, Locked):
            if suite.cipher != "NULL":
                return master
            # Nothing hides the octets; it only cannot be proved that they are what was sent.
            opener = opener_of(answer.version, suite, Keys(b"", b"", b""))
            return master if opener is None else (opener, opener)
        keys.remember(answer.session, master)
        keys.remember(self._ticket, master)
        self._master_secret = master
        last = ENCRYPT_THEN_MAC in answer.extensions
        made = record_keys(answer.version, suite, master, hello.random, answer.random)
        client = opener_of(answer.version, suite, made[0], mac_last=last)
        server = opener_of(answer.version, suite, made[1], mac_last=last)
        return Locked.CIPHER if client is None or server is None else (client, server)

    def _master(
        self, hello: ClientHello, answer: ServerHello, suite: Suite, keys: KeyRing
    ) -> bytes | Locked | Wait:
        master = (
            keys.secret("CLIENT_RANDOM", hello.random)
            or keys.secret("RSA Session-ID:", answer.session)
            or self._resumed(hello, answer, keys)
        )
        if master is not None:
            return master
        premaster = keys.secret("PMS_CLIENT_RANDOM", hello.random)
        exchanged = suite.exchange in ("RSA", "RSA_EXPORT", "RSA_EXPORT1024")
        if premaster is None and not (exchanged and keys.has_premaster):
            return Locked.NO_KEYS
        if not (self.flight_over and (self.exchange_over or not self.full)):
            return WAIT
        if premaster is None:
            premaster = self._premaster(hello, answer, keys)
        if premaster is None:
            return Locked.NO_KEYS
        extended: bytes | None = None
        if EXTENDED_MASTER_SECRET in answer.extensions:
            if self.broken:
                return Locked.NO_HANDSHAKE
            client, server = self._said[Direction.TO_SERVER], self._said[Direction.TO_CLIENT]
            said = b"".join((*client[:1], *server, *client[1:]))
            extended = session_hash(answer.version, suite.prf, said)
        randoms = hello.random + answer.random
        return master_secret(answer.version, suite, premaster, randoms, extended)

    def _resumed(
        self, hello: ClientHello, answer: ServerHello, keys: KeyRing
    ) -> bytes | Wait | None:
        if self.full:
            return None
        if answer.session == hello.session and (known := keys.recall(answer.session)):
            return known
        known = keys.recall(hello.extensions.get(SESSION_TICKET, b""))
        # A ticket may be refused: what the server says next will tell.
        return known if known is None or self.flight_over else WAIT

    def _premaster(self, hello: ClientHello, answer: ServerHello, keys: KeyRing) -> bytes | None:
        if self.exchange is None:
            return None
        try:
            encrypted = encrypted_premaster(self.exchange, answer.version)
        except MalformedError:
            return None
        return keys.premaster(encrypted, hello.version)
