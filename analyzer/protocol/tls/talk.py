"""What the two directions of a connection tell each other: hellos, certificates, keys."""

from ...model.source import Direction, Source
from ...model.tls import Locked
from . import handshake as types
from . import late
from .cipher import Header
from .facts import Ledger
from .guard import Guard, Legacy, Stages
from .handshake import Message
from .keyring import KeyRing
from .late import Find
from .negotiation import WAIT, Negotiation, Wait
from .schedule import is_tls13

_SAID = (
    types.CERTIFICATE,
    types.CERTIFICATE_REQUEST,
    types.SERVER_HELLO_DONE,
    types.CLIENT_KEY_EXCHANGE,
    12,  # ServerKeyExchange
    21,  # CertificateURL (RFC 6066)
    22,  # CertificateStatus (RFC 6066)
    23,  # SupplementalData (RFC 4680)
)
"""Messages between the hellos and the ClientKeyExchange, which a session hash covers."""


class Talk:
    """
    The handshakes of a connection, one behind the other.

    Each direction is at one of them; it comes to the next with a hello behind a change of keys.

    Attributes:
        ledger: What is told of the connection when it ends.
    """

    def __init__(self, keys: KeyRing) -> None:
        self.ledger = Ledger()
        self._keys = keys
        self._negotiations: list[Negotiation] = [Negotiation()]
        self._before = 0
        self._found: Find | None = None
        self._at = dict.fromkeys(Direction, 0)
        self._changed = dict.fromkeys(Direction, False)

    def _now(self, way: Direction) -> Negotiation:
        return self._negotiations[self._at[way] - self._before]

    def _next(self, way: Direction) -> Negotiation:
        """The handshake a hello belongs to."""
        if self._changed[way]:
            self._changed[way] = False
            self._at[way] += 1
            if self._at[way] - self._before == len(self._negotiations):
                self._negotiations.append(Negotiation())
            while self._before < min(self._at.values()):
                self._before += 1
                del self._negotiations[0]
        return self._now(way)

    def is_modern(self, way: Direction) -> bool:
        """TLS 1.3 is spoken."""
        version = self._now(way).version
        return version is not None and is_tls13(version)

    def arrive(self, way: Direction) -> bool:
        """
        A direction has come to what is protected: what it has not said by now was lost.

        Returns:
            Whether it is known what protects it, or that this will never be known.
        """
        now = self._now(way)
        if way is Direction.TO_SERVER:
            now.hello_lost = now.exchange_over = True
        else:
            now.answer_lost = now.flight_over = True
        return now.settled()

    def change(self, way: Direction) -> None:
        """A ChangeCipherSpec up to TLS 1.2."""
        self.arrive(way)
        self._changed[way] = True
        now = self._now(way)
        ledger = self.ledger
        seen = now.answer is not None and not now.broken
        if way is Direction.TO_CLIENT and seen and ledger.resumed is None:
            ledger.resumed = not now.full
            ledger.requested = bool(ledger.requested)

    def hole(self, way: Direction) -> None:
        """Octets of a direction are missing, and with them perhaps messages."""
        self._now(way).broken = True
        if self.ledger.tallies[way].finished is None:
            self.ledger.uncertain = True

    def protection(self, way: Direction) -> Guard | Locked | Wait:
        """What opens the records of a direction from here on."""
        now = self._now(way)
        if not now.settled():
            return WAIT
        if self.is_modern(way):
            now.forget()
            stages = Stages(way, now, self._keys)
            return stages.locked() or stages
        opener = now.opener(way, self._keys)
        if isinstance(opener, Locked | Wait):
            return opener
        answer = now.answer
        return Legacy(opener, compressed=answer is not None and answer.compression == 1)

    def guess(self, way: Direction, header: Header, payload: bytes) -> Stages | None:
        """What opens a record of which the handshake was not captured; None if nothing does."""
        version = self._now(way).version
        if self._keys.attempts <= 0 or (version is not None and not is_tls13(version)):
            return None
        found = late.find(way, self._keys, header, payload, self._found)
        if found is None:
            return None
        self._found, stages = found
        self.ledger.assume(self._found.suite)
        return stages

    def take(self, way: Direction, message: Message, source: Source) -> None:
        """
        Take in a handshake message.

        Raises:
            MalformedError: It is not as its RFC says.
        """
        if message.kind == types.CLIENT_HELLO and way is Direction.TO_SERVER:
            hello = types.client_hello(message.body)
            self._next(way).begin(hello, message.octets)
            self.ledger.take_hello(hello, source)
        elif message.kind == types.SERVER_HELLO and way is Direction.TO_CLIENT:
            self._take_answer(message, source)
        elif message.kind == types.FINISHED:
            self.ledger.tallies[way].finished = source
            if self.is_modern(way) and self.ledger.requested is None:
                self.ledger.requested = False
        else:
            now = self._now(way)
            if message.kind in _SAID and not self._changed[way] and not self.is_modern(way):
                now.say(way, message.octets)
            if way is Direction.TO_SERVER:
                if message.kind == types.CLIENT_KEY_EXCHANGE:
                    now.exchange = message.body
                    now.exchange_over = True
            else:
                self._take_flight(now, message)

    def _take_answer(self, message: Message, source: Source) -> None:
        answer = types.server_hello(message.body)
        if answer.random == types.RETRY:
            self._now(Direction.TO_CLIENT).retry = answer
            return
        now = self._next(Direction.TO_CLIENT)
        now.answer = answer
        now.say(Direction.TO_CLIENT, message.octets)
        self.ledger.take_answer(answer, source)

    def _take_flight(self, now: Negotiation, message: Message) -> None:
        """What the server says behind its hello."""
        version = now.version or 0
        match message.kind:
            case types.SERVER_HELLO_DONE:
                now.full = now.flight_over = True
            case types.CERTIFICATE:
                self.ledger.take_chain(message.body, version)
            case types.COMPRESSED_CERTIFICATE:
                body = types.decompressed(message.body)
                if body is not None:
                    self.ledger.take_chain(body, version)
            case types.CERTIFICATE_REQUEST:
                self.ledger.requested = True
            case types.ENCRYPTED_EXTENSIONS:
                self.ledger.take_protocol(types.extensions(types.Reader(message.body)))
            case types.NEW_SESSION_TICKET if not is_tls13(version):
                now.give(types.ticket(message.body), self._keys)
