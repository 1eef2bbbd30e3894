"""What the steps of a login are read from, and what they say."""

from typing import NamedTuple

from ..model.network import Unreachable
from ..model.profile import Profile
from ..model.pubsub import Delivery, Subscription
from ..model.session import Iq, Needs, PingTrip, SessionClose
from ..model.source import Source
from ..model.tls import Cadence
from ..model.xmpp import Stanza
from .handshake import Handshake
from .login import Login
from .trace import Trace


class Story(NamedTuple):
    """
    A session before its steps are judged.

    Attributes:
        trace: Everything its connection delivered.
        profile: What is expected of it.
        stanzas: In order of time.
        login: The stanzas of the login by what they do.
        iqs: Requests of both sides with their answers.
        pings: Of both sides.
        subscriptions: Subscribe and unsubscribe requests.
        deliveries: Items that reached the client.
        encrypted: wss or https; None if unknown.
        close: How it ended.
        until_ns: Until when the recording would have shown what the session did.
        can_see: What the recording can show of it.
        handshake: How that of TLS went; None without TLS, and in a HAR.
        unreachable: What ICMP says of the connection.
        cadence: What encrypted records tell, where what they hold was not read.
    """

    trace: Trace
    profile: Profile
    stanzas: list[Stanza]
    login: Login
    iqs: list[Iq]
    pings: tuple[PingTrip, ...]
    subscriptions: tuple[Subscription, ...]
    deliveries: tuple[Delivery, ...]
    encrypted: bool | None
    close: SessionClose
    until_ns: int
    can_see: frozenset[Needs]
    handshake: Handshake | None = None
    unreachable: Unreachable | None = None
    cadence: Cadence | None = None

    @property
    def from_start(self) -> bool:
        """The recording began before the session did."""
        return Needs.START in self.can_see

    @property
    def blind(self) -> bool:
        """Stanzas may be missing, so what was not seen may have happened all the same."""
        return bool(self.trace.gaps) or not self.can_see >= {Needs.START, Needs.MESSAGES}

    def waited_ns(self, since: Source) -> int:
        """From a place to the end of the recording; 0 if its time is not known."""
        return 0 if since.time_ns is None else max(self.until_ns - since.time_ns, 0)


class Seen(NamedTuple):
    """
    What was seen of a step.

    Attributes:
        passed: True: it succeeded. False: it was refused, or waited for in vain. None: it was
            asked for, and no answer was seen.
        asked: What began it.
        answered: What ended it.
        latency_ns: From asked to answered; None if either is unknown.
        detail: A protocol word that says more.
    """

    passed: bool | None
    asked: Source | None = None
    answered: Source | None = None
    latency_ns: int | None = None
    detail: str | None = None
