"""TLS of a connection as label and value, with keys or without."""

from collections.abc import Iterator

from ...model.session import Session
from ...model.source import Direction, Side, Source
from ...model.tls import Cadence, Certificate, RecordFacts, TlsAlert, TlsFacts
from ..language.texts import Piece, listed, phrases, say
from ..language.visible import clipped, visible
from ..language.words import Words
from .evidence import duration, timestamp
from .labels import Label

Keyed = tuple[str, str]
"""Key of the label, and the value."""

CERTIFICATES = 4
"""Certificates of a chain that are shown: leaf, two CAs and a root."""

_NAMES = 8
_ALERTS = 8


def tls_facts(session: Session, words: Words) -> Iterator[Keyed]:
    """What TLS shows of itself; nothing without TLS."""
    facts = session.tls
    if facts is None:
        return
    yield "tls_read", _read(facts, words)
    yield "tls_version", _version(facts, words)
    yield "tls_name", facts.server_name or ""
    yield "tls_alpn", _alpn(facts, words)
    for certificate in facts.certificates[:CERTIFICATES]:
        yield "certificate", certificate_words(certificate, words)
    yield "client_certificate", words["tls.asked"] if facts.client_certificate else ""
    yield "tls_alerts", phrases(words, (_alert(alert, words) for alert in facts.alerts[:_ALERTS]))
    yield "tls_records", _records(facts, words)
    if session.cadence is not None:
        yield "cadence", cadence_words(session.cadence, words)


def _read(facts: TlsFacts, words: Words) -> str:
    if facts.locked is None:
        carried = facts.to_server.application or facts.to_client.application
        return words["tls.read.all"] if carried else ""
    opened = facts.to_server.opened or facts.to_client.opened
    why = Piece(words[f"locked.{facts.locked.value}"])
    return say(words, "tls.read.part" if opened else "tls.read.no", why=why)


def _version(facts: TlsFacts, words: Words) -> str:
    if facts.version is None:
        offered = Piece(listed(words, facts.offered_versions))
        return say(words, "tls.offered.vain", offered=offered) if offered.text else ""
    extras = {words["tls.resumed"]: facts.resumed, "0-RTT": facts.early_data}
    told = [facts.version, facts.cipher_suite or "", *(word for word, so in extras.items() if so)]
    return listed(words, filter(None, told))


def _alpn(facts: TlsFacts, words: Words) -> str:
    offered = Piece(listed(words, facts.alpn_offered))
    if not offered.text:
        return facts.alpn or ""
    if facts.alpn is None:
        return say(words, "tls.offered", offered=offered)
    return say(words, "tls.chosen", chosen=facts.alpn, offered=offered)


def certificate_words(certificate: Certificate, words: Words) -> str:
    """Subject, issuer, validity and names."""
    since, until = (
        timestamp(time_ns).partition("T")[0]
        for time_ns in (certificate.not_before_ns, certificate.not_after_ns)
    )
    key = "tls.certificate.self" if certificate.self_signed else "tls.certificate"
    values = {"subject": certificate.subject, "issuer": certificate.issuer}
    told = say(words, key, since=since, until=until, **values)
    names = listed(words, certificate.names[:_NAMES])
    more = len(certificate.names) - _NAMES
    if more > 0:
        names = say(words, "tls.names.more", names=Piece(names), count=more)
    if not names:
        return told
    return say(words, "tls.certificate.names", certificate=Piece(told), names=Piece(names))


def alert_words(alert: TlsAlert, words: Words) -> str:
    """What an alert says."""
    if alert.description is None:
        return words["tls.alert.encrypted"]
    if alert.fatal:
        return say(words, "tls.alert.fatal", alert=alert.description)
    return alert.description


def tls_labels(session: Session, words: Words) -> Iterator[tuple[Label, Direction, Source]]:
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
    name = words["label.alert"]
    for alert in facts.alerts[:_ALERTS]:
        label = Label(name, _joined(alert_words(alert, words)), _is_fault(alert))
        yield label, alert.direction, alert.source
    closed = session.cadence.closed_source if session.cadence is not None else None
    if closed is not None and closed not in {alert.source for alert in facts.alerts}:
        by_client = session.cadence is not None and session.cadence.closed_by is Side.CLIENT
        direction = Direction.TO_SERVER if by_client else Direction.TO_CLIENT
        yield Label(name, words["label.alert.encrypted"]), direction, closed


def _joined(*words: str | None) -> str:
    return clipped(visible(" ".join(word for word in words if word)), 90)


def _is_fault(alert: TlsAlert) -> bool:
    # RFC 8446 section 6.1.
    return alert.description not in {None, "close_notify", "user_canceled", "no_renegotiation"}


def _alert(alert: TlsAlert, words: Words) -> str:
    said = Piece(alert_words(alert, words))
    return say(words, f"tls.alert.by.{alert.direction.sender.value}", alert=said)


def _records(facts: TlsFacts, words: Words) -> str:
    if not facts.to_server.records and not facts.to_client.records:
        return ""
    client, server = (Piece(_count(one, words)) for one in (facts.to_server, facts.to_client))
    return say(words, "tls.records", client=client, server=server)


def _count(records: RecordFacts, words: Words) -> str:
    counts = {"records": records.records, "application": records.application}
    return say(words, "tls.records.each", octets=records.application_octets, **counts)


def cadence_words(cadence: Cadence, words: Words) -> str:
    """What times and lengths of records tell."""
    told = []
    if cadence.signs:
        signs = Piece(listed(words, (words[f"sign.{sign.value}"] for sign in cadence.signs)))
        told.append(say(words, "cadence.signs", signs=signs))
    if cadence.pings and cadence.ping_interval_ns is not None:
        longest = duration(cadence.ping_longest_ns or 0, words)
        every = duration(cadence.ping_interval_ns, words)
        pings = {"count": cadence.pings}
        told.append(say(words, "cadence.pings", duration=every, longest=longest, **pings))
    if cadence.silence_ns:
        silence = duration(cadence.silence_ns, words)
        told.append(say(words, "cadence.silence", duration=silence))
    if cadence.last_ns is not None and cadence.last_by is not None:
        last = timestamp(cadence.last_ns)
        told.append(say(words, f"cadence.last.{cadence.last_by.value}", time=last))
    if cadence.closed_by is not None:
        told.append(words[f"cadence.closed.{cadence.closed_by.value}"])
    return phrases(words, told)
