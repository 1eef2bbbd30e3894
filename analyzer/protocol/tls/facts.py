"""Gathers what a connection shows of its TLS."""

from ...model.limits import TLS_ALERTS, TLS_TIMES
from ...model.source import Direction, PacketSource, Source
from ...model.tls import Certificate, Locked, RecordFacts, TlsAlert, TlsFacts
from .certificate import certificate_of
from .handshake import (
    EARLY_DATA,
    PRE_SHARED_KEY,
    ClientHello,
    ServerHello,
    chain,
    protocols,
    server_name,
    versions,
)
from .schedule import TLS13, is_tls13
from .suites import is_offer, name_of
from .words import HARMLESS, alert_name, version_name

FINISHED_OCTETS = (53, 69)
"""Protected Finished of TLS 1.3: header, digest of SHA-256 or SHA-384, content type, tag."""

FIRST = 8
"""Records of application data at the beginning whose places are kept."""


class Tally:
    """
    Counts the records of one direction.

    Attributes:
        records: All of them.
        opened: Those decrypted.
        failed: Those that keys at hand did not open.
        plaintext_octets: Application octets that came out.
        last_source: Place of the last application data.
        finished: Place of the last Finished.
    """

    def __init__(self) -> None:
        self.records = 0
        self.opened = 0
        self.failed = 0
        self.plaintext_octets = 0
        self.last_source: Source | None = None
        self.finished: Source | None = None
        self._application = 0
        self._octets = 0
        self._last_ns: int | None = None
        self._previous_ns: int | None = None
        self._last_octets = 0
        self._times: list[int] = []
        self._lengths: list[int] = []
        self._packets: list[int] = []
        self._first: list[Source] = []

    def count(self, packet: int, time_ns: int, octets: int) -> bool:
        """
        Count a record of application data.

        Returns:
            Whether `place` wants to know where it is.
        """
        self._application += 1
        self._octets += octets
        self._previous_ns, self._last_ns = self._last_ns, max(time_ns, 0)
        self._last_octets, time_ns = octets, self._last_ns
        if len(self._times) < TLS_TIMES:
            self._times.append(time_ns)
            self._lengths.append(octets)
            self._packets.append(packet)
        return len(self._first) < FIRST

    def place(self, source: Source) -> None:
        """Where the record counted last is."""
        self._first.append(source)

    def forget(self, count: int) -> None:
        """The first so many were no application data."""
        self._application -= count
        self._octets -= sum(self._lengths[:count])
        del self._times[:count], self._lengths[:count], self._packets[:count]
        if not self._application:
            self._last_ns = self.last_source = None
            self._last_octets = 0
        if self._application < 2:
            self._previous_ns = None

    def until_finished(self) -> int:
        """How many of the first records end with what must be a Finished; 0 if none must be."""
        for index, length in enumerate(self._lengths[: len(self._first)]):
            if length in FINISHED_OCTETS:
                self.finished = self._first[index]
                return index + 1
        return 0

    def before(self, source: Source | None) -> int:
        """How many of the first came before another one."""
        if not isinstance(source, PacketSource) or source.time_ns is None:
            return len(self._times)
        return sum(time < source.time_ns for time in self._times)

    def facts(self) -> RecordFacts:
        """What was counted."""
        return RecordFacts(
            records=self.records,
            application=self._application,
            application_octets=self._octets,
            opened=self.opened,
            plaintext_octets=self.plaintext_octets,
            times_ns=tuple(self._times),
            lengths=tuple(self._lengths),
            packets=tuple(self._packets),
            last_ns=self._last_ns,
            last_octets=self._last_octets,
            last_source=self.last_source,
            previous_ns=self._previous_ns,
        )


class Ledger:
    """
    What both directions of a connection show; of several handshakes the first.

    Attributes:
        tallies: Of each direction.
        locked: Why records could not be opened; None as long as all could.
        resumed: As in TlsFacts.
        requested: The server asked for a certificate.
        alpn: What the server chose.
        early: Octets of early data were sent.
        uncertain: Parts of the handshake are not in the capture.
    """

    def __init__(self) -> None:
        self.tallies = {way: Tally() for way in Direction}
        self.locked: Locked | None = None
        self.resumed: bool | None = None
        self.requested: bool | None = None
        self.alpn: str | None = None
        self.early = False
        self.uncertain = False
        self._hello: tuple[ClientHello, Source] | None = None
        self._answer: tuple[ServerHello, Source] | None = None
        self._version: int | None = None
        self._suite: int | None = None
        self._name: str | None = None
        self._protocols: tuple[str, ...] = ()
        self._versions: tuple[str, ...] = ()
        self._certificates: tuple[Certificate, ...] = ()
        self._alerts: list[TlsAlert] = []

    def take_hello(self, hello: ClientHello, source: Source) -> None:
        """
        The client's hello.

        Raises:
            MalformedError: An extension is not as its RFC says; those before it are taken in.
        """
        if self._hello is None:
            self._hello = hello, source
            self._name = server_name(hello.extensions)
            self._protocols = protocols(hello.extensions)
            self._versions = tuple(map(version_name, versions(hello)))

    def take_answer(self, answer: ServerHello, source: Source) -> None:
        """
        The server's.

        Raises:
            MalformedError: As above.
        """
        if self._answer is None:
            self._answer = answer, source
            self._version, self._suite = answer.version, answer.suite
            if is_tls13(answer.version):
                self.resumed = PRE_SHARED_KEY in answer.extensions
            self.take_protocol(answer.extensions)

    def take_protocol(self, extensions: dict[int, bytes]) -> None:
        """What the server chose to be spoken (RFC 7301)."""
        self.alpn = self.alpn or next(iter(protocols(extensions)), None)

    def take_chain(self, body: bytes, version: int) -> None:
        """The server's certificates."""
        if not self._certificates:
            read = [certificate_of(der) for der in chain(body, version)]
            self._certificates = tuple(one for one in read if one is not None)

    def take_alert(self, way: Direction, octets: bytes | None, source: Source) -> bool:
        """
        Take in an alert.

        Args:
            way: Which way it went.
            octets: Level and description; None if they are encrypted.
            source: Its record.

        Returns:
            False if there were too many to keep it.
        """
        if len(self._alerts) >= TLS_ALERTS:
            return False
        fatal: bool | None = None
        name: str | None = None
        if octets is not None:
            modern = self._version is not None and is_tls13(self._version)
            fatal = octets[1] not in HARMLESS if modern else octets[0] == 2
            name = alert_name(octets[1])
        self._alerts.append(TlsAlert(direction=way, fatal=fatal, description=name, source=source))
        return True

    def assume(self, suite: int) -> None:
        """TLS 1.3 with this suite: records opened so, though the hellos are not there."""
        self.locked = None
        self._version = self._version or TLS13
        self._suite = self._suite or suite

    def _guess(self) -> None:
        """Tell handshake from data in records of TLS 1.3 that nobody opened."""
        client, server = (self.tallies[way] for way in Direction)
        offered = self._hello is not None and self._hello[0].extensions
        if self._version is None or not is_tls13(self._version) or client.opened or server.opened:
            return
        if not offered or EARLY_DATA not in offered:
            client.forget(client.until_finished())
        server.forget(server.before(client.finished))

    def facts(self) -> TlsFacts:
        """All of it."""
        self._guess()
        if any(tally.failed and not tally.opened for tally in self.tallies.values()):
            # Behind a hole the right keys open nothing either.
            why = Locked.NO_HANDSHAKE if self.uncertain else Locked.WRONG_KEYS
            self.locked = self.locked or why
        client, server = (self.tallies[way] for way in Direction)
        hello, answer = self._hello, self._answer
        finished = _last(client.finished, server.finished)
        done = client.finished is not None and server.finished is not None
        modern = self._version is not None and is_tls13(self._version)
        if modern and client.finished is not None:
            done = True
        failed = not self.uncertain and hello is not None
        return TlsFacts(
            version=None if self._version is None else version_name(self._version),
            offered_versions=self._versions,
            cipher_suite=None if self._suite is None else name_of(self._suite),
            offered_suites=0 if hello is None else sum(map(is_offer, hello[0].suites)),
            server_name=self._name,
            alpn_offered=self._protocols,
            alpn=self.alpn,
            certificates=self._certificates,
            client_certificate=self.requested,
            resumed=self.resumed,
            completed=True if done else False if failed else None,
            early_data=self.early,
            alerts=tuple(sorted(self._alerts, key=_when)),
            locked=self.locked,
            to_server=client.facts(),
            to_client=server.facts(),
            client_hello=None if hello is None else hello[1],
            server_hello=None if answer is None else answer[1],
            finished=finished if done else None,
            client_random=None if hello is None else hello[0].random.hex(),
        )


def _stamp(source: Source) -> tuple[int, int]:
    if isinstance(source, PacketSource):
        return source.time_ns or 0, source.last
    return 0, 0


def _when(alert: TlsAlert) -> tuple[int, int]:
    return _stamp(alert.source)


def _last(one: Source | None, other: Source | None) -> Source | None:
    both = [source for source in (one, other) if source is not None]
    return max(both, key=_stamp, default=None)
