"""XMPP stanzas, typed (RFC 6120, RFC 6121, RFC 7395, XEP-0060, XEP-0199)."""

from enum import StrEnum

from msgspec import Struct

from .disco import DiscoInfo
from .source import Direction, Source
from .stream import StreamManagement

NS_FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
NS_STREAMS = "http://etherx.jabber.org/streams"
NS_STREAM_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams"
NS_SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
NS_BIND = "urn:ietf:params:xml:ns:xmpp-bind"
NS_SESSION = "urn:ietf:params:xml:ns:xmpp-session"
NS_STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas"
NS_CLIENT = "jabber:client"
NS_ROSTER = "jabber:iq:roster"
NS_PING = "urn:xmpp:ping"
NS_PUBSUB = "http://jabber.org/protocol/pubsub"
NS_PUBSUB_EVENT = "http://jabber.org/protocol/pubsub#event"
NS_PUBSUB_ERRORS = "http://jabber.org/protocol/pubsub#errors"
NS_CAPS = "http://jabber.org/protocol/caps"
NS_DISCO = "http://jabber.org/protocol/disco#info"
NS_DELAY = "urn:xmpp:delay"
NS_SHIM = "http://jabber.org/protocol/shim"
NS_TLS = "urn:ietf:params:xml:ns:xmpp-tls"
NS_COMPRESS = "http://jabber.org/protocol/compress"


class StanzaKind(StrEnum):
    """What a first-level element is. Only iq, message and presence are stanzas in RFC 6120."""

    OPEN = "open"
    CLOSE = "close"
    FEATURES = "features"
    STREAM_ERROR = "error"
    AUTH = "auth"
    CHALLENGE = "challenge"
    RESPONSE = "response"
    SUCCESS = "success"
    FAILURE = "failure"
    ABORT = "abort"
    IQ = "iq"
    MESSAGE = "message"
    PRESENCE = "presence"
    STREAM_MANAGEMENT = "stream management"
    STARTTLS = "starttls"
    OTHER = "other"
    MALFORMED = "malformed"
    """Not XML, or forbidden XML; only the octets are known."""


STANZAS = frozenset({StanzaKind.IQ, StanzaKind.MESSAGE, StanzaKind.PRESENCE})
"""What RFC 6120 section 8.2 calls stanzas; everything else negotiates the stream."""


class Open(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """
    `<open/>` (RFC 7395 section 3.4) or a stream header (RFC 6120 section 4.2).

    Attributes:
        to: As sent, like the rest.
        sender: `from`.
        stream_id: `id`.
        version: Of XMPP.
        language: `xml:lang`.
        content: Content namespace that a stream header declares (RFC 6120 section 4.8.2), but
            for that of clients.
    """

    to: str | None = None
    sender: str | None = None
    stream_id: str | None = None
    version: str | None = None
    language: str | None = None
    content: str | None = None


class Close(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """`<close/>` (RFC 7395 section 3.6)."""

    see_other_uri: str | None = None


class Features(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """
    `<stream:features/>` (RFC 6120 section 4.3.2).

    Attributes:
        mechanisms: SASL mechanisms offered.
        bind: Resource binding offered.
        session: Session establishment offered (RFC 3921).
        session_optional: It is marked optional.
        starttls: STARTTLS offered.
        starttls_required: It is marked required.
        stream_management: XEP-0198 offered.
        caps: Entity capabilities of the server.
        others: Names `{namespace}local` of the rest.
    """

    mechanisms: tuple[str, ...] = ()
    bind: bool = False
    session: bool = False
    session_optional: bool = False
    starttls: bool = False
    starttls_required: bool = False
    stream_management: bool = False
    caps: "Caps | None" = None
    others: tuple[str, ...] = ()


class Auth(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """
    `<auth/>` or `<response/>`: what may be known of it; the secret is never kept.

    Attributes:
        mechanism: As sent; None for a response.
        authzid: Authorization identity (RFC 4616, RFC 5801), None if none was sent.
        authcid: Authentication identity: PLAIN's authcid, SCRAM's n=.
        secret_octets: Length of the password or proof; 0 if there was none.
        expires_ns: When the access token expires that is sent as password (RFC 7519 section 4.1.4);
            None if it is none, or does not tell.
        problem: What is wrong with it, as the code of an anomaly; None if nothing is.
    """

    mechanism: str | None
    authzid: str | None = None
    authcid: str | None = None
    secret_octets: int = 0
    expires_ns: int | None = None
    problem: str | None = None


class SaslFailure(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """`<failure/>` (RFC 6120 section 6.5)."""

    condition: str
    text: str | None = None


class StreamError(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """`<stream:error/>` (RFC 6120 section 4.9)."""

    condition: str
    text: str | None = None
    application: str | None = None
    """Name of an application-specific condition."""


class StanzaError(Struct, frozen=True, kw_only=True, gc=False):
    """
    `<error/>` in a stanza (RFC 6120 section 8.3).

    Attributes:
        type: auth, cancel, continue, modify, wait; None if missing.
        condition: Defined condition; None if missing.
        pubsub: Condition of XEP-0060 beside it.
        text: Human text.
        by: Entity that says so.
    """

    type: str | None
    condition: str | None
    pubsub: str | None = None
    text: str | None = None
    by: str | None = None


class Caps(Struct, frozen=True, kw_only=True, gc=False):
    """`<c/>` (XEP-0115 section 4)."""

    node: str | None
    ver: str | None
    hash: str | None


class Bind(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """Resource binding: the request's resource or the result's full JID (RFC 6120 section 7)."""

    resource: str | None = None
    jid: str | None = None


class SessionRequest(Struct, frozen=True, tag=True, gc=False):
    """Session establishment (RFC 3921 section 3)."""


class Ping(Struct, frozen=True, tag=True, gc=False):
    """`<ping/>` (XEP-0199)."""


class Roster(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """A roster request, result or push (RFC 6121 section 2)."""

    items: int = 0


class PubsubAction(StrEnum):
    """What a pubsub request or result is about (XEP-0060)."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SUBSCRIPTION = "subscription"
    """The result of a subscribe or unsubscribe."""
    SUBSCRIPTIONS = "subscriptions"
    ITEMS = "items"
    PUBLISH = "publish"
    OTHER = "other"


class Pubsub(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """
    `<pubsub/>` of an iq.

    Attributes:
        action: First child.
        node: As sent.
        jid: Subscriber.
        subid: Subscription identifier.
        subscription: State in a result: none, pending, subscribed, unconfigured.
        children: Names of all children, local.
    """

    action: PubsubAction
    node: str | None = None
    jid: str | None = None
    subid: str | None = None
    subscription: str | None = None
    children: tuple[str, ...] = ()


class OtherPayload(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """Children of an iq that no other type names; what the only one says of service discovery."""

    names: tuple[str, ...] = ()
    disco: DiscoInfo | None = None


class ApiError(Struct, frozen=True, kw_only=True, gc=False):
    """An asynchronous error of the Finesse REST API."""

    type: str | None = None
    message: str | None = None
    data: str | None = None


class Update(Struct, frozen=True, kw_only=True, gc=False):
    """
    A Finesse notification, decoded from escaped XML or JSON, whatever the case of its names.

    Attributes:
        event: PUT, POST, DELETE, upper-cased; None if missing.
        source: Path of the resource it is about.
        request_id: `requestId` of the REST request that caused it; None if empty.
        subject: First element of `data`, lower-cased: user, dialog, dialogs, apierrors, systeminfo…
        state: `state` (or `status`) of that element.
        reason_code: `reasonCodeId` or the code of `reasonCode`; None if absent.
        user: `loginId` of a user.
        errors: Of `apiErrors`.
    """

    event: str | None = None
    source: str | None = None
    request_id: str | None = None
    subject: str | None = None
    state: str | None = None
    reason_code: str | None = None
    user: str | None = None
    errors: tuple[ApiError, ...] = ()


class Item(Struct, frozen=True, kw_only=True, gc=False):
    """
    An item of a pubsub event.

    Attributes:
        id: Item id.
        retracted: It is a `<retract/>`.
        update: The Finesse notification; None if it holds none, or none that parses.
        problem: Why a notification could not be read; None if it could or there was none.
    """

    id: str | None
    retracted: bool = False
    update: Update | None = None
    problem: str | None = None


class Event(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """
    `<event/>` of a message (XEP-0060 section 7.1.2).

    Attributes:
        node: Of `<items/>` (or purge, delete, configuration, subscription).
        action: items, purge, delete, configuration, subscription.
        items: Items and retractions.
        subids: `SubID` headers (XEP-0131).
        delayed: A `<delay/>` is present: it is replayed.
        published_ns: What that says of when it was sent first, by the server's clock.
    """

    node: str | None
    action: str = "items"
    items: tuple[Item, ...] = ()
    subids: tuple[str, ...] = ()
    delayed: bool = False
    published_ns: int | None = None


class PresenceInfo(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """What a presence says besides its addresses (RFC 6121 section 4.7)."""

    show: str | None = None
    priority: str | None = None
    caps: Caps | None = None


Payload = (
    Open
    | Close
    | Features
    | Auth
    | SaslFailure
    | StreamError
    | Bind
    | SessionRequest
    | Ping
    | Roster
    | Pubsub
    | Event
    | PresenceInfo
    | StreamManagement
    | OtherPayload
)


class Stanza(Struct, frozen=True, kw_only=True, gc=False):
    """
    One first-level element of an XMPP stream.

    Attributes:
        direction: Which way it went.
        kind: What it is.
        name: `{namespace}local`; empty if malformed.
        id: `id` attribute.
        type: `type` attribute.
        sender: `from` attribute.
        receiver: `to` attribute.
        payload: What it means, typed; None where there is nothing to know.
        error: The stanza error of type='error'.
        octets: As captured, secrets included: never written before redaction. Empty where it
            was let go to keep memory bounded.
        length: Octets it had.
        complete: False if octets are missing; what could be read of its start tag is there.
        source: Where it stands.
    """

    direction: Direction
    kind: StanzaKind
    name: str = ""
    id: str | None = None
    type: str | None = None
    sender: str | None = None
    receiver: str | None = None
    payload: Payload | None = None
    error: StanzaError | None = None
    octets: bytes = b""
    length: int = 0
    complete: bool = True
    source: Source


def bare(jid: str) -> str:
    """The bare JID, lower-cased: Finesse lower-cases the user id, REST keeps its case."""
    return jid.split("/", 1)[0].lower()


def local_part(jid: str) -> str:
    """What stands before the @ of a JID, lower-cased; empty if there is no @."""
    name, at, _ = jid.split("/", 1)[0].partition("@")
    return name.lower() if at else ""


def domain_part(jid: str) -> str:
    """The domain of a JID, lower-cased."""
    return jid.split("/", 1)[0].rpartition("@")[2].lower()


def resource_part(jid: str) -> str:
    """What stands behind the first slash of a JID; empty if there is none."""
    return jid.partition("/")[2]
