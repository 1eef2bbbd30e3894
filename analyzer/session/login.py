"""What the steps of a login are judged by: the few stanzas of a session that make it up."""

from collections.abc import Iterable

from ..model.profile import Profile
from ..model.source import Direction
from ..model.xmpp import (
    Bind,
    Event,
    Features,
    SessionRequest,
    Stanza,
    StanzaKind,
    local_part,
)

_MESSAGE = StanzaKind.MESSAGE
_IQ = StanzaKind.IQ
_TO_SERVER = Direction.TO_SERVER


class Login:
    """
    The stanzas of a login by what they do, in order.

    Attributes:
        opens: Client's `<open/>`.
        opened: Server's `<open/>`.
        features: Of the server.
        auths: Client's `<auth/>`.
        outcomes: Server's `<success/>` and `<failure/>`.
        binds: Client's bind requests.
        session_requests: Client's session requests.
        presences: Client's own presence: available, to nobody in particular.
        echoes: Server's copies of it.
        refused_presences: Answers of type error to a presence.
        peer_presence: First available presence of a peer the profile names.
        peer_gone: First unavailable presence of such a peer after that.
        goodbye: Client's first presence unavailable or `<close/>`.
        last_word: First `<close/>` or stream error of either side; a stream error is final
            (RFC 6120 section 4.9.1.1).
        first_event: First pubsub event to the client.
    """

    def __init__(self, stanzas: Iterable[Stanza], profile: Profile) -> None:
        self.opens: list[Stanza] = []
        self.opened: list[Stanza] = []
        self.features: list[Stanza] = []
        self.auths: list[Stanza] = []
        self.outcomes: list[Stanza] = []
        self.binds: list[Stanza] = []
        self.session_requests: list[Stanza] = []
        self.presences: list[Stanza] = []
        self.echoes: list[Stanza] = []
        self.refused_presences: list[Stanza] = []
        self.peer_presence: Stanza | None = None
        self.peer_gone: Stanza | None = None
        self.goodbye: Stanza | None = None
        self.last_word: Stanza | None = None
        self.first_event: Stanza | None = None
        self._profile = profile
        for stanza in stanzas:
            self._take(stanza)

    def _take(self, stanza: Stanza) -> None:
        kind = stanza.kind
        to_server = stanza.direction is _TO_SERVER
        if kind is _MESSAGE:
            if self.first_event is None and not to_server and isinstance(stanza.payload, Event):
                self.first_event = stanza
        elif kind is _IQ:
            if to_server and stanza.type == "set":
                self._take_request(stanza)
        elif kind is StanzaKind.PRESENCE:
            if to_server:
                self._take_own_presence(stanza)
            else:
                self._take_presence(stanza)
        else:
            self._take_stream_element(stanza, to_server=to_server)

    def _take_request(self, stanza: Stanza) -> None:
        if isinstance(stanza.payload, Bind):
            self.binds.append(stanza)
        elif isinstance(stanza.payload, SessionRequest):
            self.session_requests.append(stanza)

    def _take_own_presence(self, stanza: Stanza) -> None:
        if stanza.receiver is not None:
            return
        if stanza.type is None:
            self.presences.append(stanza)
        elif stanza.type == "unavailable" and self.goodbye is None:
            self.goodbye = stanza

    def _take_presence(self, stanza: Stanza) -> None:
        if stanza.type == "error":
            self.refused_presences.append(stanza)
        elif self._is_peer(stanza.sender):
            if stanza.type is None:
                self.peer_presence = self.peer_presence or stanza
            elif stanza.type == "unavailable" and self.peer_presence is not None:
                self.peer_gone = self.peer_gone or stanza
        elif stanza.type is None and self.presences:
            self.echoes.append(stanza)

    def _is_peer(self, sender: str | None) -> bool:
        name = local_part(sender or "")
        return any(
            name.startswith(peer) if peer.endswith(".") else name == peer
            for peer in self._profile.presence_peers
        )

    def _take_stream_element(self, stanza: Stanza, *, to_server: bool) -> None:
        kind = stanza.kind
        if kind is StanzaKind.OPEN:
            (self.opens if to_server else self.opened).append(stanza)
        elif kind is StanzaKind.CLOSE:
            self.last_word = self.last_word or stanza
            if to_server:
                self.goodbye = self.goodbye or stanza
        elif kind is StanzaKind.AUTH and to_server:
            self.auths.append(stanza)
        elif kind in {StanzaKind.SUCCESS, StanzaKind.FAILURE} and not to_server:
            self.outcomes.append(stanza)
        elif kind is StanzaKind.FEATURES and not to_server:
            self.features.append(stanza)
        elif kind is StanzaKind.STREAM_ERROR:
            self.last_word = self.last_word or stanza

    @property
    def session_required(self) -> bool:
        """Session establishment was offered and not marked optional (RFC 3921 section 3)."""
        offers = (stanza.payload for stanza in self.features)
        return any(
            isinstance(offer, Features) and offer.session and not offer.session_optional
            for offer in offers
        )
