"""What may be known of a SASL message: who, never the secret (RFC 6120 section 6, RFC 4616)."""

import binascii

import msgspec
from msgspec import Struct

from ..model.anomaly import AnomalyCode
from ..model.xmpp import Auth


def auth_of(mechanism: str | None, text: str) -> Auth:
    """
    Identities and the length of the secret in an `<auth/>` or `<response/>`.

    Args:
        mechanism: As sent; None for a response.
        text: Base64 as sent; "=" stands for a message of no octets (RFC 6120 section 6.4.2).
    """
    if text in {"", "="}:
        return Auth(mechanism=mechanism)
    octets = _decoded(text)
    if octets is None:
        return Auth(
            mechanism=mechanism, secret_octets=len(text), problem=AnomalyCode.SASL_BASE64.value
        )
    if mechanism is None:
        return _response(octets)
    upper = mechanism.upper()
    if upper == "PLAIN":
        return _plain(mechanism, octets)
    if upper.startswith("SCRAM-"):
        return _scram(mechanism, octets)
    if upper == "OAUTHBEARER":
        return _oauth(mechanism, octets)
    if upper == "EXTERNAL":
        # RFC 4422 appendix A: the message is the authorization identity.
        return Auth(mechanism=mechanism, authzid=octets.decode(errors="replace"))
    return Auth(mechanism=mechanism, secret_octets=len(octets))


def _decoded(text: str) -> bytes | None:
    # RFC 6120 section 6.4.2 with RFC 4648 section 3: no line feeds, no foreign characters.
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None


def _plain(mechanism: str | None, octets: bytes) -> Auth:
    # RFC 4616 section 2: [authzid] NUL authcid NUL passwd, UTF-8; authcid and passwd not empty.
    try:
        parts = octets.decode().split("\0")
    except UnicodeDecodeError:
        parts = []
    if len(parts) != 3 or not parts[1] or not parts[2]:
        # Which part is the password cannot be told, so none is kept.
        return Auth(
            mechanism=mechanism, secret_octets=len(octets), problem=AnomalyCode.SASL_PLAIN.value
        )
    return Auth(
        mechanism=mechanism,
        authzid=parts[0] or None,
        authcid=parts[1],
        secret_octets=len(parts[2].encode()),
        expires_ns=_expires_ns(parts[2]),
    )


def _scram(mechanism: str, octets: bytes) -> Auth:
    # RFC 5802 section 7: gs2-header (cbind, [a=authzid]) then n=username, r=nonce.
    fields = octets.decode(errors="replace").split(",")
    return Auth(
        mechanism=mechanism, authzid=_field(fields[:2], "a="), authcid=_field(fields[2:], "n=")
    )


def _oauth(mechanism: str, octets: bytes) -> Auth:
    # RFC 7628 section 3.1: gs2-header, then key=value pairs between octets 0x01.
    header, *pairs = octets.decode(errors="replace").split("\x01")
    told = next((pair[5:] for pair in pairs if pair.startswith("auth=")), "")
    token = told.partition(" ")[2]
    return Auth(
        mechanism=mechanism,
        authzid=_field(header.split(","), "a="),
        secret_octets=len(token),
        expires_ns=_expires_ns(token),
    )


_LATEST_S = 1 << 33
"""Beyond year 2200 an expiry is none."""


class _Claims(Struct):
    exp: float


def _expires_ns(secret: str) -> int | None:
    """The `exp` claim of a token (RFC 7519 section 4.1.4), and nothing else of it."""
    # RFC 7519 section 3: header, claims and signature; the first two are JSON objects in base64url.
    claimed = next((part for part in secret.split(".")[1:-1] if part.startswith("eyJ")), None)
    if claimed is None:
        return None
    padded = _standard(claimed) + "=" * (-len(claimed) % 4)
    try:
        claims = msgspec.json.decode(binascii.a2b_base64(padded), type=_Claims)
    except (ValueError, msgspec.MsgspecError):
        return None
    return int(claims.exp) * 1_000_000_000 if 0 < claims.exp < _LATEST_S else None


def _standard(text: str) -> str:
    # RFC 4648 section 5: the URL alphabet has - and _ for + and /.
    return text.replace("-", "+").replace("_", "/")


def _response(octets: bytes) -> Auth:
    if octets.count(0) == 2:
        return _plain(None, octets)
    # RFC 5802 section 7: client-final-message is c=…,r=…,p=proof.
    proof = _field(octets.decode(errors="replace").split(","), "p=")
    return Auth(mechanism=None, secret_octets=len(octets if proof is None else proof))


def _field(fields: list[str], name: str) -> str | None:
    value = next((part[len(name) :] for part in fields if part.startswith(name)), None)
    # RFC 5802 section 5.1: "," and "=" in a saslname are written =2C and =3D.
    return value.replace("=2C", ",").replace("=3D", "=") if value is not None else None
