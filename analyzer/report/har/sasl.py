"""
SASL messages that lose their secret and stay what they are: readable, of the same shape.

A mark in the place of the base64 would turn a good login into a malformed one. So the message is
written again: who logs in, by which mechanism and until when a token is valid stays; what proves it
becomes a mark within the base64.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable

from ...model.anomaly import AnomalyCode
from ...model.xmpp import Auth
from ..redaction.patterns import SecretKind

Hide = Callable[[SecretKind, str], str]
"""Keeps a secret in mind; gives the mark to write instead."""

Name = Callable[[str], str]
"""What to write for the name of who logs in."""

TOKEN_OCTETS = 200
"""From here on a secret is a token and no password: only then its length is not told by anybody."""

_HEADER = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")

_UNFIT = re.compile(r"[^A-Za-z0-9]+")


def without_secrets(mechanism: str | None, sent: str, hide: Hide, name: Name) -> str:
    """
    What to write for the content of an `<auth/>`, `<response/>`, `<challenge/>` or `<success/>`.

    Args:
        mechanism: Of an `<auth/>`, as sent; None for the others.
        sent: Content of the element, references resolved.
        hide: As of `Hide`.
        name: As of `Name`.
    """
    if sent in {"", "="}:
        return sent
    try:
        octets = binascii.a2b_base64(sent, strict_mode=True)
    except ValueError:
        # RFC 6120 section 6.4.2: what is no base64 is written as what is no base64.
        return hide(SecretKind.SASL, sent)
    return base64.b64encode(_message(mechanism, octets, hide, name)).decode()


def _message(mechanism: str | None, octets: bytes, hide: Hide, name: Name) -> bytes:
    upper = (mechanism or "").upper()
    if upper == "PLAIN" or (mechanism is None and octets.count(0) == 2):
        return _plain(octets, hide, name)
    text = octets.decode("utf-8", "replace")
    if upper == "OAUTHBEARER":
        return _oauth(text, hide, name).encode()
    if upper == "EXTERNAL":
        # RFC 4422 appendix A: an identity, and nothing to prove it.
        return name(text).encode()
    if upper.startswith("SCRAM-") or (mechanism is None and _SCRAM.match(text)):
        return _scram(text, hide, name).encode()
    return _secret(text, hide, SecretKind.SASL).encode()


_SCRAM = re.compile(r"(?:[cr]=[^,]*,)+[a-z]=|[ev]=[^,]*$")
"""Any message of RFC 5802 section 7 but the first."""


def _plain(octets: bytes, hide: Hide, name: Name) -> bytes:
    parts = octets.split(b"\0")
    try:
        texts = [part.decode() for part in parts]
    except UnicodeDecodeError:
        texts = []
    if len(texts) == 3 and texts[1] and texts[2]:
        names = [text and name(text) for text in texts[:2]]
        return "\0".join([*names, _secret(texts[2], hide, SecretKind.PASSWORD)]).encode()
    # Which part is the password cannot be told; the shape that gives it away as wrong stays.
    hidden = []
    for part in parts:
        mark = hide(SecretKind.PASSWORD, part.decode("utf-8", "replace")) if part else ""
        hidden.append(mark.encode() if texts or not part else b"\xff" + mark.encode())
    return b"\0".join(hidden)


def _scram(text: str, hide: Hide, name: Name) -> str:
    fields = []
    for field in text.split(","):
        key, equals, value = field.partition("=")
        if key in {"n", "a"} and value:
            value = _renamed(value, name)
        elif value and key not in {"i", "e", "c"}:
            value = hide(SecretKind.SASL, value)
        elif not equals and key not in {"n", "y", ""}:
            key = hide(SecretKind.SASL, key)
        fields.append(f"{key}{equals}{value}")
    return ",".join(fields)


def _renamed(saslname: str, name: Name) -> str:
    return _saslname(name(saslname.replace("=2C", ",").replace("=3D", "=")))


def _saslname(name: str) -> str:
    # RFC 5802 section 5.1.
    return name.replace("=", "=3D").replace(",", "=2C")


def _oauth(text: str, hide: Hide, name: Name) -> str:
    header, *pairs = text.split("\x01")
    fields = [
        f"a={_renamed(field[2:], name)}" if field.startswith("a=") else field
        for field in header.split(",")
    ]
    left = [",".join(fields)]
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key == "auth":
            scheme, blank, token = value.partition(" ")
            value = f"{scheme}{blank}{_secret(token, hide, SecretKind.TOKEN) if token else ''}"
        elif key not in {"host", "port"} and value:
            value = hide(SecretKind.TOKEN, value)
        left.append(f"{key}{equals}{value}")
    return "\x01".join(left)


def _secret(value: str, hide: Hide, kind: SecretKind) -> str:
    """A mark as long as a token, where a token stood; until when that was valid stays."""
    expires = _expires(value)
    mark = hide(kind if expires is None else SecretKind.JWT, value)
    return _as_long(mark if expires is None else _token(expires, mark), len(value.encode()))


def _token(expires: str, mark: str) -> str:
    """A token that says until when it was valid, and nothing else."""
    claims = base64.urlsafe_b64encode(f'{{"exp":{expires}}}'.encode()).decode().rstrip("=")
    return f"{_HEADER}.{claims}.{_UNFIT.sub('-', mark).strip('-')}"


def _as_long(mark: str, length: int) -> str:
    return mark.ljust(length, "-") if length >= TOKEN_OCTETS else mark


def _expires(token: str) -> str | None:
    """The `exp` claim of a token as it is written (RFC 7519 section 4.1.4)."""
    claimed = next((part for part in token.split(".")[1:-1] if part.startswith("eyJ")), None)
    if claimed is None:
        return None
    try:
        octets = base64.urlsafe_b64decode(claimed + "=" * (-len(claimed) % 4))
        claims = json.loads(octets, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    expires = claims.get("exp") if isinstance(claims, dict) else None
    return expires if isinstance(expires, str) and _NUMBER.fullmatch(expires) else None


_NUMBER = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")


def again(auth: Auth | None, mark: str) -> str:
    """
    Base64 that is read as a message was whose content is gone.

    Args:
        auth: What is known of it; None of a challenge or a success.
        mark: What stands in its place.
    """
    if auth is not None and auth.problem == AnomalyCode.SASL_BASE64.value:
        return mark
    return base64.b64encode(_again(auth, mark).encode()).decode()


def _again(auth: Auth | None, mark: str) -> str:
    if auth is None:
        return mark
    if auth.problem is not None:
        return f"\0\0{mark}"
    secret = _as_long(mark, auth.secret_octets)
    if auth.expires_ns is not None:
        secret = _as_long(_token(str(auth.expires_ns // 1_000_000_000), mark), auth.secret_octets)
    mechanism = (auth.mechanism or "").upper()
    if mechanism == "PLAIN" or (auth.mechanism is None and auth.authcid):
        return "\0".join((auth.authzid or "", auth.authcid or "", secret))
    authzid = f"a={_saslname(auth.authzid)}" if auth.authzid else ""
    if mechanism.startswith("SCRAM-"):
        return f"n,{authzid},n={_saslname(auth.authcid or '')},r={mark}"
    if mechanism == "OAUTHBEARER":
        return f"n,{authzid},\x01auth=Bearer {secret}\x01\x01"
    return (auth.authzid or "") if mechanism == "EXTERNAL" else secret
