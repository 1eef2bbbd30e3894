"""Handshakes that an alert or a browser's error ended, for the rules that tell what it means."""

from collections.abc import Collection, Iterator

from ...model.rule import Hit
from ...model.session import Session
from ..net_errors import failed_with
from .failures import failure, is_about_client, is_mismatch

NO_TLS = frozenset({"unexpected_message", "decode_error", "record_overflow"})
NO_TLS_ERRORS = frozenset(
    {
        "ERR_SSL_PROTOCOL_ERROR",
        "SSL_ERROR_RX_RECORD_TOO_LONG",
        "SSL_ERROR_RX_UNKNOWN_RECORD_TYPE",
        "SSL_ERROR_RX_MALFORMED_SERVER_HELLO",
    }
)
"""What came was not TLS, or not that of a handshake."""

DAMAGED = frozenset(
    {"bad_record_mac", "decryption_failed", "decrypt_error", "decompression_failure"}
)
DAMAGED_ERRORS = frozenset(
    {
        "ERR_SSL_BAD_RECORD_MAC_ALERT",
        "ERR_SSL_DECRYPT_ERROR_ALERT",
        "SSL_ERROR_BAD_MAC_ALERT",
        "SSL_ERROR_BAD_MAC_READ",
        "SSL_ERROR_DECRYPT_ERROR_ALERT",
    }
)
"""What came was not what the other had sent, or signed with other keys."""

UNACCEPTABLE = frozenset(
    {
        "handshake_failure",
        "illegal_parameter",
        "missing_extension",
        "unsupported_extension",
        "no_application_protocol",
    }
)
UNACCEPTABLE_ERRORS = frozenset(
    {
        "ERR_SSL_NO_RENEGOTIATION",
        "ERR_SSL_SERVER_CERT_BAD_FORMAT",
        "SSL_ERROR_HANDSHAKE_FAILURE_ALERT",
        "SSL_ERROR_ILLEGAL_PARAMETER_ALERT",
        "SSL_ERROR_MISSING_EXTENSION_ALERT",
        "SSL_ERROR_NEXT_PROTOCOL_NO_PROTOCOL",
        "SSL_ERROR_UNSUPPORTED_EXTENSION_ALERT",
        "SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY",
        "ERR_SSL_WEAK_SERVER_EPHEMERAL_DH_KEY",
    }
)
"""A detail of the handshake that one side could not take."""

CLIENT_AUTH_ERRORS = ("ERR_SSL_CLIENT_AUTH_", "ERR_BAD_SSL_CLIENT_AUTH_")
"""The server wanted a certificate of the client (mutual TLS)."""

SPECIAL = NO_TLS | DAMAGED | UNACCEPTABLE
SPECIAL_ERRORS = NO_TLS_ERRORS | DAMAGED_ERRORS | UNACCEPTABLE_ERRORS


def broken(session: Session, alerts: Collection[str], errors: Collection[str]) -> Iterator[Hit]:
    """The session, if one of these alerts ended its handshake, or the browser says one of these."""
    failed = failure(session)
    if failed is not None and failed.alert in alerts:
        # What is about versions or the client's certificate has rules of its own.
        if not is_mismatch(failed) and not is_about_client(session, failed):
            yield Hit((failed.place,), failed.told(session))
        return
    for hit in failed_with(session, errors):
        yield Hit(hit.evidence, {**hit.values, "side": "the browser"})
