"""What is inside a first-level element, typed (RFC 6120, RFC 6121, XEP-0060, XEP-0115)."""

from collections.abc import Callable
from sys import intern

from ..model.stream import StreamManagement
from ..model.xmpp import (
    NS_BIND,
    NS_CAPS,
    NS_DELAY,
    NS_DISCO,
    NS_PING,
    NS_PUBSUB,
    NS_PUBSUB_ERRORS,
    NS_PUBSUB_EVENT,
    NS_ROSTER,
    NS_SASL,
    NS_SESSION,
    NS_SHIM,
    NS_STANZA_ERRORS,
    NS_STREAM_ERRORS,
    NS_TLS,
    Bind,
    Caps,
    Close,
    Event,
    Features,
    Item,
    Open,
    OtherPayload,
    Payload,
    Ping,
    PresenceInfo,
    Pubsub,
    PubsubAction,
    Roster,
    SaslFailure,
    SessionRequest,
    StanzaError,
    StreamError,
)
from .disco import disco_of
from .finesse import update_of
from .moment import moment
from .xml import Element, local_name, text_of

_PING = Ping()
_SESSION = SessionRequest()
_STARTTLS = f"{{{NS_TLS}}}starttls"
_CAPS = f"{{{NS_CAPS}}}c"
_EVENT = f"{{{NS_PUBSUB_EVENT}}}event"
_DELAYS = frozenset({f"{{{NS_DELAY}}}delay", "{jabber:x:delay}x"})
_HEADERS = f"{{{NS_SHIM}}}headers"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SM = "{urn:xmpp:sm:"


def open_of(element: Element) -> Open:
    """`<open/>` or a stream header."""
    return Open(
        to=element.get("to"),
        sender=element.get("from"),
        stream_id=element.get("id"),
        version=element.get("version"),
        language=element.get(_LANGUAGE),
    )


def close_of(element: Element) -> Close:
    """`<close/>`."""
    return Close(see_other_uri=element.get("see-other-uri"))


def features_of(element: Element) -> Features:
    """`<stream:features/>`."""
    mechanisms: tuple[str, ...] = ()
    others: list[str] = []
    session: Element | None = None
    starttls: Element | None = None
    caps: Caps | None = None
    names = set()
    for child in element:
        names.add(child.tag)
        if child.tag == f"{{{NS_SASL}}}mechanisms":
            mechanisms = tuple(text_of(one).strip() for one in child)
        elif child.tag == f"{{{NS_SESSION}}}session":
            session = child
        elif child.tag == _STARTTLS:
            starttls = child
        elif child.tag == _CAPS:
            caps = _caps(child)
        elif child.tag not in _KNOWN_FEATURES and not child.tag.startswith(_SM):
            others.append(child.tag)
    return Features(
        mechanisms=mechanisms,
        bind=f"{{{NS_BIND}}}bind" in names,
        session=session is not None,
        session_optional=session is not None and _has(session, "optional"),
        starttls=starttls is not None,
        starttls_required=starttls is not None and _has(starttls, "required"),
        stream_management=any(name.startswith(_SM) for name in names),
        caps=caps,
        others=tuple(others),
    )


_KNOWN_FEATURES = frozenset({f"{{{NS_BIND}}}bind"})


def _has(element: Element, name: str) -> bool:
    return any(local_name(child) == name for child in element)


def stream_management_of(element: Element) -> StreamManagement:
    """An element of XEP-0198."""
    handled = element.get("h") or ""
    return StreamManagement(
        handled=int(handled) if handled.isdecimal() and len(handled) <= 10 else None,
        stream=element.get("id") or element.get("previd"),
        resume=element.get("resume") in {"true", "1"},
        condition=next((local_name(child) for child in element), None),
    )


def sasl_failure_of(element: Element) -> SaslFailure:
    """`<failure/>`: the first child that is no text names the condition."""
    names = [local_name(child) for child in element]
    return SaslFailure(
        condition=next((name for name in names if name != "text"), ""),
        text=_child_text(element, "text"),
    )


def stream_error_of(element: Element) -> StreamError:
    """`<stream:error/>`."""
    condition, application = "", None
    for child in element:
        name = local_name(child)
        if not child.tag.startswith(f"{{{NS_STREAM_ERRORS}}}"):
            application = name
        elif name != "text":
            condition = name
    return StreamError(
        condition=condition, text=_child_text(element, "text"), application=application
    )


def error_of(stanza: Element) -> StanzaError:
    """The `<error/>` of a stanza of type error; without one, all is unknown."""
    error = next((child for child in stanza if local_name(child) == "error"), None)
    if error is None:
        return StanzaError(type=None, condition=None)
    condition = pubsub = None
    for child in error:
        name = local_name(child)
        if child.tag.startswith(f"{{{NS_PUBSUB_ERRORS}}}"):
            pubsub = name
        elif child.tag.startswith(f"{{{NS_STANZA_ERRORS}}}") and name != "text":
            condition = name
    return StanzaError(
        type=error.get("type"),
        condition=condition,
        pubsub=pubsub,
        text=_child_text(error, "text"),
        by=error.get("by"),
    )


def iq_of(element: Element, kind: str | None) -> Payload | None:
    """
    The payload of an iq.

    Args:
        element: The iq.
        kind: Its type. A get or set must have exactly one child (RFC 6120 section 8.2.3); any
            other number gives an `OtherPayload` that names them.
    """
    count = len(element)
    if count != 1 and kind not in {"result", "error"}:
        return OtherPayload(names=tuple(child.tag for child in element))
    if count == 0:
        return None
    child = element[0]
    tag = child.tag
    reader = _IQ.get(tag)
    if reader is not None:
        return reader(child)
    if kind == "error" and local_name(child) == "error":
        return None
    return OtherPayload(names=(intern(tag),))


def _bind(element: Element) -> Bind:
    return Bind(resource=_child_text(element, "resource"), jid=_child_text(element, "jid"))


def _disco(element: Element) -> OtherPayload:
    return OtherPayload(names=(intern(element.tag),), disco=disco_of(element))


def _roster(element: Element) -> Roster:
    return Roster(items=len(element))


_ACTIONS = {action.value: action for action in PubsubAction}


def _pubsub(element: Element) -> Pubsub:
    if len(element) == 0:
        return Pubsub(action=PubsubAction.OTHER)
    first = element[0]
    node = first.get("node")
    return Pubsub(
        action=_ACTIONS.get(local_name(first), PubsubAction.OTHER),
        node=node and intern(node),
        jid=_interned(first.get("jid")),
        subid=first.get("subid"),
        subscription=_interned(first.get("subscription")),
        children=tuple(intern(local_name(child)) for child in element),
    )


_IQ: dict[str, Callable[[Element], Payload]] = {
    f"{{{NS_BIND}}}bind": _bind,
    f"{{{NS_SESSION}}}session": lambda _: _SESSION,
    f"{{{NS_PING}}}ping": lambda _: _PING,
    f"{{{NS_DISCO}}}query": _disco,
    f"{{{NS_ROSTER}}}query": _roster,
    f"{{{NS_PUBSUB}}}pubsub": _pubsub,
    f"{{{NS_PUBSUB}#owner}}pubsub": _pubsub,
}


def message_of(element: Element) -> Event | None:
    """The pubsub event of a message (XEP-0060 section 7.1.2); None if it holds none."""
    event: Element | None = None
    delayed, published_ns = False, None
    subids: tuple[str, ...] = ()
    for child in element:
        tag = child.tag
        if tag == _EVENT:
            event = child
        elif tag in _DELAYS:
            delayed, published_ns = True, moment(child.get("stamp"))
        elif tag == _HEADERS:
            # XEP-0060 section 12.16: the subscription is named in a SHIM header.
            subids = tuple(
                text_of(one) for one in child if (one.get("name") or "").lower() == "subid"
            )
    if event is None or len(event) == 0:
        return None if event is None else Event(node=None, action="", delayed=delayed)
    first = event[0]
    action = local_name(first)
    return Event(
        node=_interned(first.get("node")),
        action=intern(action),
        items=tuple([_item(one) for one in first]) if action == "items" else (),
        subids=subids,
        delayed=delayed,
        published_ns=published_ns,
    )


def _item(element: Element) -> Item:
    item = element.get("id")
    if element.tag.endswith("retract") and local_name(element) == "retract":
        return Item(id=item, retracted=True)
    if len(element) == 0:
        return Item(id=item)
    name = local_name(element[0]).lower()
    if name not in {"notification", "update"}:
        return Item(id=item)
    update = update_of(element[0] if name == "notification" else element)
    if isinstance(update, str):
        return Item(id=item, problem=update)
    return Item(id=item, update=update)


def presence_of(element: Element) -> PresenceInfo:
    """What a presence says besides its addresses."""
    show = priority = caps = None
    for child in element:
        name = local_name(child)
        if name == "show":
            show = _interned(text_of(child).strip())
        elif name == "priority":
            priority = text_of(child).strip()
        elif child.tag == _CAPS:
            caps = _caps(child)
    return PresenceInfo(show=show, priority=priority, caps=caps)


def _caps(element: Element) -> Caps:
    return Caps(
        node=_interned(element.get("node")),
        ver=_interned(element.get("ver")),
        hash=_interned(element.get("hash")),
    )


def _child_text(element: Element, name: str) -> str | None:
    child = next((child for child in element if local_name(child) == name), None)
    return None if child is None else text_of(child).strip()


def _interned(text: str | None) -> str | None:
    # A capture repeats a few addresses and nodes thousands of times.
    return None if text is None else intern(text)
