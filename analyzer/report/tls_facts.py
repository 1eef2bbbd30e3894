"""TLS of a connection as label and value, with keys or without."""

from collections.abc import Iterator

from ..model.session import Session
from ..model.source import Direction, Side, Source
from ..model.tls import Cadence, Certificate, RecordFacts, TlsAlert, TlsFacts
from .evidence import duration, timestamp
from .labels import Label
from .visible import clipped, visible

Keyed = tuple[str, str]
"""Key of the label, and the value."""

CERTIFICATES = 4
"""Certificates of a chain that are shown: leaf, two CAs and a root."""

_NAMES = 8
_ALERTS = 8


def tls_facts(session: Session) -> Iterator[Keyed]:
    """What TLS shows of itself; nothing without TLS."""
    facts = session.tls
    if facts is None:
        return
    yield "tls_read", _read(facts)
    yield "tls_version", _version(facts)
    yield "tls_name", facts.server_name or ""
    yield "tls_alpn", _alpn(facts)
    for certificate in facts.certificates[:CERTIFICATES]:
        yield "certificate", certificate_words(certificate)
    yield "client_certificate", {None: "", True: "asked for", False: ""}[facts.client_certificate]
    yield "tls_alerts", "; ".join(_alert(alert) for alert in facts.alerts[:_ALERTS])
    yield "tls_records", _records(facts)
    if session.cadence is not None:
        yield "cadence", cadence_words(session.cadence)


def _read(facts: TlsFacts) -> str:
    if facts.locked is None:
        carried = facts.to_server.application or facts.to_client.application
        return "decrypted" if carried else ""
    opened = facts.to_server.opened or facts.to_client.opened
    return f"{'in part' if opened else 'no'}: {facts.locked.value}"


def _version(facts: TlsFacts) -> str:
    if facts.version is None:
        offered = ", ".join(facts.offered_versions)
        return f"offered {offered}, no answer" if offered else ""
    extras = {"resumed": facts.resumed, "0-RTT": facts.early_data}
    told = [facts.version, facts.cipher_suite or "", *(word for word, so in extras.items() if so)]
    return ", ".join(word for word in told if word)


def _alpn(facts: TlsFacts) -> str:
    offered = ", ".join(facts.alpn_offered)
    if facts.alpn is None:
        return f"offered {offered}" if offered else ""
    return f"{facts.alpn} (offered {offered})" if offered else facts.alpn


def certificate_words(certificate: Certificate) -> str:
    """Subject, issuer, validity and names."""
    issuer = "itself" if certificate.self_signed else certificate.issuer
    names = ", ".join(certificate.names[:_NAMES])
    more = len(certificate.names) - _NAMES
    names += f" and {more} more" if more > 0 else ""
    since, until = (
        timestamp(time_ns).partition("T")[0]
        for time_ns in (certificate.not_before_ns, certificate.not_after_ns)
    )
    told = f"{certificate.subject}, issued by {issuer}, {since} to {until}"
    return f"{told}, for {names}" if names else told


def alert_words(alert: TlsAlert) -> str:
    """What an alert says."""
    if alert.description is None:
        return "encrypted alert"
    return f"{'fatal ' if alert.fatal else ''}{alert.description}"


def tls_labels(session: Session) -> Iterator[tuple[Label, Direction, Source]]:
    """The hellos, the alerts, and what ended a handshake that failed."""
    facts = session.tls
    if facts is None:
        return
    offered = facts.offered_versions[0] if facts.offered_versions else ""
    if facts.client_hello is not None:
        hello = _joined(facts.server_name, offered)
        yield Label("ClientHello", hello), Direction.TO_SERVER, facts.client_hello
    if facts.server_hello is not None:
        chosen = _joined(facts.version, facts.cipher_suite)
        yield Label("ServerHello", chosen), Direction.TO_CLIENT, facts.server_hello
    for alert in facts.alerts[:_ALERTS]:
        label = Label("alert", _joined(alert_words(alert)), _is_fault(alert))
        yield label, alert.direction, alert.source
    closed = session.cadence.closed_source if session.cadence is not None else None
    if closed is not None and closed not in {alert.source for alert in facts.alerts}:
        by_client = session.cadence is not None and session.cadence.closed_by is Side.CLIENT
        direction = Direction.TO_SERVER if by_client else Direction.TO_CLIENT
        yield Label("alert", "encrypted"), direction, closed


def _joined(*words: str | None) -> str:
    return clipped(visible(" ".join(word for word in words if word)), 90)


def _is_fault(alert: TlsAlert) -> bool:
    # RFC 8446 section 6.1.
    return alert.description not in {None, "close_notify", "user_canceled", "no_renegotiation"}


def _alert(alert: TlsAlert) -> str:
    return f"{alert.direction.sender.value}: {alert_words(alert)}"


def _records(facts: TlsFacts) -> str:
    if not facts.to_server.records and not facts.to_client.records:
        return ""
    return f"client {_count(facts.to_server)}; server {_count(facts.to_client)}"


def _count(records: RecordFacts) -> str:
    application = f"{records.application} of application data"
    return f"{records.records}, {application} ({records.application_octets:,} octets)"


def cadence_words(cadence: Cadence) -> str:
    """What times and lengths of records tell."""
    told = [f"looks like the desktop's: {', '.join(cadence.signs)}"] if cadence.signs else []
    if cadence.pings and cadence.ping_interval_ns is not None:
        longest = duration(cadence.ping_longest_ns or 0)
        every = duration(cadence.ping_interval_ns)
        told.append(f"{cadence.pings} pings every {every}, longest pause {longest}")
    if cadence.silence_ns:
        told.append(f"longest silence {duration(cadence.silence_ns)}")
    if cadence.last_ns is not None and cadence.last_by is not None:
        told.append(f"last data by {cadence.last_by.value} at {timestamp(cadence.last_ns)}")
    if cadence.closed_by is not None:
        told.append(f"closed by {cadence.closed_by.value} first")
    return "; ".join(told)
