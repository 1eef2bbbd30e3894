"""
TLS of a ladder: what is said of it behind `@tls`, as the facts of a capture.

- `version=1.2`, `suite=NAME`, `sni=HOST`, `alpn=NAME`, `resumed=yes`, `early-data=yes`,
  `client-certificate=yes`;
- `completed=no`: the handshake failed, nothing comes behind it; `completed=unknown`;
- `alert=S>48`, `alert=C>unknown_ca`, any number of them; the descriptions of RFC 8446 section 6;
- `cert=SUBJECT|ISSUER|DAYS|NAME,NAME`: of the server's chain, leaf first, any number of them; DAYS
  from the ladder's beginning to its end;
- `locked=no-keys`, `no-handshake`, `cipher`, `wrong-keys`: what it carries cannot be read;
- `cadence=10`: where locked, a record of each side every so many seconds;
- `hello=no`, `hello=C`: neither side's hello was captured, or only the client's.
"""

import shlex
from hashlib import sha256

from msgspec import Struct

from ..model.source import Direction, PacketSource, Source
from ..model.tls import Certificate, Locked, RecordFacts, TlsFacts
from .ladder_lines import nanoseconds

_DAY_NS = 86_400_000_000_000
_LASTS_NS = 365 * _DAY_NS
_SUITES = {"TLS 1.3": "TLS_AES_128_GCM_SHA256"}
_SUITE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
_ALERTS = {
    "0": "close_notify",
    "10": "unexpected_message",
    "20": "bad_record_mac",
    "22": "record_overflow",
    "40": "handshake_failure",
    "42": "bad_certificate",
    "43": "unsupported_certificate",
    "44": "certificate_revoked",
    "45": "certificate_expired",
    "46": "certificate_unknown",
    "47": "illegal_parameter",
    "48": "unknown_ca",
    "49": "access_denied",
    "50": "decode_error",
    "51": "decrypt_error",
    "70": "protocol_version",
    "71": "insufficient_security",
    "80": "internal_error",
    "86": "inappropriate_fallback",
    "90": "user_canceled",
    "109": "missing_extension",
    "110": "unsupported_extension",
    "112": "unrecognized_name",
    "113": "bad_certificate_status_response",
    "115": "unknown_psk_identity",
    "116": "certificate_required",
    "120": "no_application_protocol",
}
_WAYS = {"C": Direction.TO_SERVER, "S": Direction.TO_CLIENT}
_TRUTH = {"yes": True, "no": False, "unknown": None}
_HELLOS = {"yes": tuple(Direction), "C": (Direction.TO_SERVER,), "no": ()}


class Tls(Struct, frozen=True):
    """
    What is said behind `@tls`.

    Attributes:
        facts: Without records and places; times of certificates count from the ladder's beginning.
        alerts: Who sent which.
        hellos: Whose hello was captured.
        cadence_ns: Between two records of a side; None: only lines are records.
    """

    facts: TlsFacts
    alerts: tuple[tuple[Direction, str], ...] = ()
    hellos: tuple[Direction, ...] = tuple(Direction)
    cadence_ns: int | None = None

    @property
    def fails(self) -> bool:
        """The handshake does not complete."""
        return self.facts.completed is False


class Records:
    """Records of application data of one direction, counted as they come."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._lengths: list[int] = []
        self._packets: list[int] = []
        self._last: Source | None = None

    def take(self, length: int, source: PacketSource) -> None:
        """Count one, of so many octets of plaintext."""
        self._times.append(source.time_ns or 0)
        self._lengths.append(length + PROTECTION)
        self._packets.append(source.last)
        self._last = source

    def facts(self, *, opened: bool) -> RecordFacts:
        """What has been counted."""
        count, octets = len(self._times), sum(self._lengths)
        return RecordFacts(
            records=count + 2,
            application=count,
            application_octets=octets,
            opened=count if opened else 0,
            plaintext_octets=octets - count * PROTECTION if opened else 0,
            times_ns=tuple(self._times),
            lengths=tuple(self._lengths),
            packets=tuple(self._packets),
            last_ns=self._times[-1] if self._times else None,
            last_octets=self._lengths[-1] if self._lengths else 0,
            last_source=self._last,
            previous_ns=self._times[-2] if count > 1 else None,
        )


PROTECTION = 17
"""Octets that TLS 1.3 adds to a record's content: its type and a tag (RFC 8446 section 5.2)."""


def tls_of(text: str) -> Tls:
    """Read what stands behind `@tls`; ValueError if it means nothing."""
    said: dict[str, str] = {}
    alerts: list[tuple[Direction, str]] = []
    certificates: list[Certificate] = []
    for word in shlex.split(text):
        name, _, value = word.partition("=")
        if name == "alert" and value[1:2] == ">" and value[0] in _WAYS:
            alerts.append((_WAYS[value[0]], _ALERTS.get(value[2:], value[2:])))
        elif name == "cert":
            certificates.append(_certificate(value))
        elif name in _NAMES and value:
            said[name] = value
        else:
            raise ValueError(word)
    version = said.get("version", "1.3")
    if " " not in version:
        version = f"{'SSL' if version == '3.0' else 'TLS'} {version}"
    facts = TlsFacts(
        version=version,
        offered_versions=(version,),
        cipher_suite=said.get("suite", _SUITES.get(version, _SUITE)),
        offered_suites=16,
        server_name=said.get("sni"),
        alpn_offered=(said["alpn"],) if "alpn" in said else (),
        alpn=said.get("alpn"),
        certificates=tuple(certificates),
        client_certificate=_truth(said.get("client-certificate", "no")),
        resumed=_truth(said.get("resumed", "no")),
        completed=_truth(said.get("completed", "yes")),
        early_data=_truth(said.get("early-data", "no")) is True,
        locked=Locked(said["locked"].replace("-", " ")) if "locked" in said else None,
    )
    cadence_ns = nanoseconds(said["cadence"]) if "cadence" in said else 0
    hello = said.get("hello", "yes")
    if hello not in _HELLOS:
        raise ValueError(hello)
    return Tls(facts, tuple(alerts), _HELLOS[hello], cadence_ns or None)


_NAMES = frozenset(
    {
        "version",
        "suite",
        "sni",
        "alpn",
        "resumed",
        "early-data",
        "client-certificate",
        "completed",
        "locked",
        "cadence",
        "hello",
    }
)


def _truth(word: str) -> bool | None:
    if word not in _TRUTH:
        raise ValueError(word)
    return _TRUTH[word]


def _certificate(text: str) -> Certificate:
    subject, issuer, days, names = (text.split("|") + [""] * 3)[:4]
    until_ns = int(days or 90) * _DAY_NS
    return Certificate(
        subject=subject,
        issuer=issuer,
        names=tuple(name for name in names.split(",") if name),
        not_before_ns=until_ns - _LASTS_NS,
        not_after_ns=until_ns,
        sha256=sha256(text.encode()).hexdigest(),
        self_signed=subject == issuer,
    )
