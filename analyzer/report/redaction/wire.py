"""Secrets where the protocol says where they stand: SASL messages, header fields, URLs."""

import binascii
import html
import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import unquote

from .patterns import SecretKind, kind_of_name
from .vault import Vault

_TAG = re.compile(r"<[^<>]*>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SUBPROTOCOLS = _words(
    "xmpp xmpp-framing chat binary base64 mqtt soap sip wamp wamp.2.json wamp.2.msgpack stomp "
    "v10.stomp v11.stomp v12.stomp graphql-ws graphql-transport-ws jsonrpc msrp bfcp"
)
"""Names that may stand in Sec-WebSocket-Protocol; whatever else does may be a credential."""

_COOKIE_ATTRIBUTES = _words(
    "path domain expires max-age samesite secure httponly partitioned priority"
)
"""RFC 6265 section 4.1; the rest of a Set-Cookie line is the cookie."""

_LOOKS_RANDOM = re.compile(r"(?=[^=]*[0-9])(?=[^=]*[A-Za-z])[A-Za-z0-9+/_=.~-]{24,}")
"""A long value of letters and digits: in a query a session or a ticket, whatever its name."""

_OAUTH = frozenset({"code", "state", "code_verifier", "ticket", "key", "sid", "auth", "sig"})
"""Names that hold a secret in a query (RFC 6749 section 4.1), and mean other things elsewhere."""


def sasl_text(text: str) -> str:
    """What a SASL element says: without comments and tags, its references and CDATA resolved."""
    text = _CDATA.sub(lambda match: html.escape(match[1]), text)
    return html.unescape(_TAG.sub("", _COMMENT.sub("", text)))


def sasl_secrets(text: str) -> Iterator[str]:
    """
    Everything secret in a SASL message: as sent, and what can be read out of it.

    Args:
        text: Content of the element: base64 (RFC 6120 section 6.4.2), maybe damaged.
    """
    sent = "".join(sasl_text(text).split())
    yield sent
    try:
        octets = binascii.a2b_base64(sent + "=" * (-len(sent) % 4))
    except ValueError:
        return
    plain = octets.decode("utf-8", "replace")
    parts = plain.split("\0")
    if len(parts) > 1:
        # RFC 4616 section 2: [authzid] NUL authcid NUL passwd; a password misplaced counts too.
        yield from parts[2:] or parts[-1:]
        return
    # RFC 5802 section 7: proof, nonce, salt and signature; RFC 7628 section 3.1: a bearer token;
    # RFC 2831 section 2.1: digests and nonces.
    fields = [field.partition("=") for field in re.split("[,\x01]", plain)]
    if len(fields) == 1:
        # RFC 2195 section 2: a name and a digest.
        yield from (plain, *_CRAM.findall(plain))
    for name, _, value in fields:
        if name.strip() in _SASL_FIELDS:
            yield value.strip('"').rpartition(" ")[2]


_CRAM = re.compile(r"\A\S+ (\S{8,})\Z")

_SASL_FIELDS = _words("p r s v auth response rspauth nonce cnonce password token")
"""What is secret in a SASL message made of fields; the rest is names and numbers."""


def header_value(name: str, value: str, vault: Vault) -> str:
    """A header's value without its secrets; what says which scheme or cookie it is stays."""
    match name.lower():
        case "authorization" | "proxy-authorization":
            return credentials(SecretKind.AUTHORIZATION, value, vault)
        case "www-authenticate" | "proxy-authenticate":
            return _CHALLENGE.sub(partial(_challenged, vault), value)
        case "authentication-info" | "proxy-authentication-info":
            return credentials(SecretKind.AUTHORIZATION, value, vault)
        case "cookie" | "cookie2":
            return _cookies(value, vault, frozenset())
        case "set-cookie" | "set-cookie2":
            return _cookies(value, vault, _COOKIE_ATTRIBUTES)
        case "sec-websocket-protocol":
            return _subprotocols(value, vault)
        case "location" | "referer" | "content-location" | "origin" | "sec-websocket-origin":
            return url_without_secrets(value, vault)
        case "sec-websocket-key" | "sec-websocket-accept" | "sec-websocket-version":
            # The handshake's key and its answer are public (RFC 6455 section 10.3).
            return value
        case "sec-websocket-extensions":
            return _extensions(value, vault)
        case lower if _OF_LOGIN.search(lower):
            return credentials(SecretKind.AUTHORIZATION, value, vault)
        case lower:
            other = lower.startswith("sec-websocket-")
            kind = kind_of_name(lower, SecretKind.TOKEN if other else SecretKind.SASL)
            return value if kind is SecretKind.SASL else vault.take(kind, value)


_OF_LOGIN = re.compile(r"(?<![a-z])auth(?:entication)?\Z")
"""Ends the name of a header that logs somebody in, as no standard wants it."""

_EXTENSIONS = _words(
    "permessage-deflate permessage-bzip2 permessage-snappy deflate-frame x-webkit-deflate-frame "
    "server_no_context_takeover client_no_context_takeover server_max_window_bits "
    "client_max_window_bits no_context_takeover max_window_bits"
)
"""Names in Sec-WebSocket-Extensions (RFC 7692 section 7.1), whose values are numbers at most."""


def _extensions(value: str, vault: Vault) -> str:
    return "".join(
        part if at % 2 else _extension(part, vault)
        for at, part in enumerate(re.split(r"(\s*[,;]\s*)", value))
    )


def _extension(part: str, vault: Vault) -> str:
    name, equals, value = part.partition("=")
    if name.strip().lower() not in _EXTENSIONS:
        return (
            f"{name}={vault.take(SecretKind.TOKEN, value)}"
            if equals
            else vault.take(SecretKind.TOKEN, part)
        )
    number = value.strip().strip('"')
    known = number.isdecimal() and len(number) <= _WINDOW_DIGITS
    return part if not value or known else f"{name}={vault.take(SecretKind.TOKEN, value)}"


_WINDOW_DIGITS = 2


def credentials(kind: SecretKind, value: str, vault: Vault) -> str:
    """What was found in other text without what is secret in it; parts of it are kept, too."""
    match kind:
        case SecretKind.AUTHORIZATION:
            plain = html.unescape(html.unescape(value)).replace("\\", "")
            for field in _DIGEST_FIELD.findall(plain):
                _remember_long(kind, field, vault)
            named = _SCHEME.match(value) is not None
            return _authorization(value, vault) if named else vault.take(kind, value)
        case SecretKind.COOKIE:
            for part in value.split(";"):
                _remember_long(kind, part.partition("=")[2].strip(' "\\'), vault)
        case SecretKind.KEY:
            for part in re.split(r"(?:\\+[rn]|\s)+", value):
                _remember_long(kind, part, vault)
        case SecretKind.JWT:
            # RFC 7519 section 3: claims and signature; the header is the same in all of them.
            for part in value.split(".")[1:]:
                _remember_long(kind, part, vault)
    return vault.take(kind, value)


_SCHEME = re.compile(r"\s*[A-Za-z][\w-]*\s")
"""Name of a scheme before credentials (RFC 9110 section 11.4)."""

_LONG = 8
"""A part that is shorter is looked for only as part of the whole."""


def _remember_long(kind: SecretKind, value: str, vault: Vault) -> None:
    if len(value.strip()) >= _LONG:
        vault.remember(kind, value.strip())


_DIGEST_FIELD = re.compile(r"\b(?:token|response|c?nonce|opaque|rspauth)\s*=\s*\"?([^\",\s]+)")
"""RFC 7616 section 3.4."""


def _authorization(value: str, vault: Vault) -> str:
    scheme, blank, sent = value.strip().partition(" ")
    # No standard allows a tab, but servers read it.
    named, tab, rest = value.strip().partition("\t")
    if named.lower() == "basic" and tab:
        _basic(rest, vault)
    if not blank:
        return vault.take(SecretKind.AUTHORIZATION, value)
    if scheme.lower() == "basic":
        _basic(sent, vault)
    return f"{scheme} {vault.take(SecretKind.AUTHORIZATION, sent)}"


def _basic(sent: str, vault: Vault) -> None:
    # RFC 7617 section 2: user-id ":" password; what is no UTF-8 is in an older encoding.
    try:
        pair = binascii.a2b_base64(sent + "=" * (-len(sent) % 4))
    except ValueError:
        return
    try:
        text = pair.decode()
    except UnicodeDecodeError:
        text = pair.decode("latin-1")
    vault.remember(SecretKind.PASSWORD, text.partition(":")[2])


_CHALLENGE = re.compile(
    r"\b(?:(?:negotiate|ntlm|kerberos)\s+|(?:nonce|opaque)\s*=\s*\"?)"
    r"(?P<secret>[A-Za-z0-9+/._~:-]{8,}={0,2})(?=\"|\s*(?:,|\Z))",
    re.IGNORECASE,
)
"""What a server answers with: the scheme and its realm stay (RFC 9110 section 11.6.1)."""


def _challenged(vault: Vault, match: re.Match[str]) -> str:
    before = match[0][: match.start("secret") - match.start()]
    return f"{before}{vault.take(SecretKind.AUTHORIZATION, match['secret'])}"


def _cookies(value: str, vault: Vault, attributes: frozenset[str]) -> str:
    parts = []
    for at, part in enumerate((_FOLDED if attributes else _SEPARATOR).split(value)):
        if at % 2:
            parts.append(part)
            continue
        name, equals, text = part.partition("=")
        if name.strip().lower() in attributes:
            parts.append(part)
        elif equals:
            # RFC 6265 section 4.1.1: quotes are part of a value, not of what it is elsewhere.
            if text.startswith('"'):
                vault.remember(SecretKind.COOKIE, text.strip('" '))
            parts.append(f"{name}={vault.take(SecretKind.COOKIE, text)}")
        else:
            parts.append(vault.take(SecretKind.COOKIE, part))
    return "".join(parts)


_SEPARATOR = re.compile("(;)")
_FOLDED = re.compile(r"(;|[\r\n]+|,(?=\s{0,8}[^\s;,=\"]{1,200}=))")
"""Several Set-Cookie lines may have become one; a date holds a comma, but no name behind it."""


def _subprotocols(value: str, vault: Vault) -> str:
    names = (name.strip() for name in value.split(","))
    return ", ".join(
        name if name.lower() in _SUBPROTOCOLS else vault.take(SecretKind.TOKEN, name)
        for name in names
    )


def url_without_secrets(url: str, vault: Vault) -> str:
    """A URL whose query and fragment keep their names, and the values that are no secret."""
    address, mark, rest = _split(url)
    if not mark:
        return url
    fields = re.split("([&;#?])", rest)
    return address + mark + "".join(_field(field, vault) for field in fields)


def _split(url: str) -> tuple[str, str, str]:
    cut = re.search("[?#]", url)
    return (url, "", "") if cut is None else (url[: cut.start()], cut[0], url[cut.end() :])


def _field(field: str, vault: Vault) -> str:
    name, equals, value = field.partition("=")
    return f"{name}={field_value(name, value, vault)}" if equals else field


def field_value(name: str, value: str, vault: Vault) -> str:
    """The value of a field of a query or a form, without what is secret in it."""
    kind = kind_of_name(name, SecretKind.SASL)
    if kind is SecretKind.SASL:
        secret = name.lower() in _OAUTH or _LOOKS_RANDOM.fullmatch(unquote(value))
        kind = SecretKind.TOKEN if secret else kind
    return value if kind is SecretKind.SASL else vault.take(kind, value)
