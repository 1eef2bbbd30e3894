"""TLS, DNS, attempts and the like in the report for machines."""

from collections.abc import Sequence

from ...model.bosh import BoshFacts
from ...model.finesse import SystemInfo
from ...model.network import Attempt, RealTimeUse, Resolution, Unreachable
from ...model.recording import Recording
from ...model.session import Session
from ...model.tls import Cadence, Certificate, RecordFacts, TlsAlert, TlsFacts
from ..facts.evidence import place, timestamp
from .json_values import Json, milliseconds, moment


def session_network(session: Session, recordings: Sequence[Recording] = ()) -> Json:
    """Fields of a session, added in version 1.1 of the schema."""
    return {
        "tls": None if session.tls is None else _tls(session.tls, recordings),
        "cadence": None if session.cadence is None else _cadence(session.cadence),
        "bosh": None if session.bosh is None else _bosh(session.bosh),
        "system_info": None if session.system_info is None else _system_info(session.system_info),
        "resolutions": [_resolution(one) for one in session.resolutions],
        "unreachables": [_unreachable(one, recordings) for one in session.unreachables],
        "attempts": [_attempt(one, recordings) for one in session.attempts],
    }


def input_network(recording: Recording) -> Json:
    """Fields of an input, added in version 1.1 of the schema."""
    packets = recording.packets
    return {
        "files": [
            {
                "name": file.name,
                "sha256": file.sha256,
                "octets": file.octets,
                "format": file.format,
                "packets": file.packets,
            }
            for file in (packets.files if packets is not None else ())
        ],
        "realtime": [_use(use) for use in recording.realtime],
        "packets": None
        if packets is None
        else {
            "packets": packets.packets,
            "connections": packets.connections,
            "tls_connections": packets.tls_connections,
            "tls_opened": packets.tls_opened,
            "tls_locked": packets.tls_locked,
            "duplicates": packets.duplicates,
            "fragments": packets.fragments,
            "resolutions": len(packets.resolutions),
        },
    }


def _tls(facts: TlsFacts, recordings: Sequence[Recording]) -> Json:
    return {
        "version": facts.version,
        "offered_versions": list(facts.offered_versions),
        "cipher_suite": facts.cipher_suite,
        "server_name": facts.server_name,
        "alpn": facts.alpn,
        "alpn_offered": list(facts.alpn_offered),
        "resumed": facts.resumed,
        "completed": facts.completed,
        "locked": None if facts.locked is None else facts.locked.value,
        "certificates": [_certificate(one) for one in facts.certificates],
        "client_certificate": facts.client_certificate,
        "alerts": [_alert(alert, recordings) for alert in facts.alerts],
        "to_server": _records(facts.to_server),
        "to_client": _records(facts.to_client),
    }


def _certificate(certificate: Certificate) -> Json:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "names": list(certificate.names),
        "not_before": timestamp(certificate.not_before_ns),
        "not_after": timestamp(certificate.not_after_ns),
        "sha256": certificate.sha256,
        "self_signed": certificate.self_signed,
    }


def _alert(alert: TlsAlert, recordings: Sequence[Recording]) -> Json:
    return {
        "direction": alert.direction.value,
        "fatal": alert.fatal,
        "description": alert.description,
        "place": place(alert.source, recordings),
        "time": moment(alert.source.time_ns),
    }


def _records(records: RecordFacts) -> Json:
    return {
        "records": records.records,
        "application": records.application,
        "application_octets": records.application_octets,
        "opened": records.opened,
        "plaintext_octets": records.plaintext_octets,
    }


def _cadence(cadence: Cadence) -> Json:
    return {
        "signs": [sign.value for sign in cadence.signs],
        "pings": cadence.pings,
        "ping_interval_ms": milliseconds(cadence.ping_interval_ns),
        "ping_longest_ms": milliseconds(cadence.ping_longest_ns),
        "unasked": cadence.unasked,
        "silence_ms": milliseconds(cadence.silence_ns),
        "last": moment(cadence.last_ns),
        "last_by": None if cadence.last_by is None else cadence.last_by.value,
        "closed_by": None if cadence.closed_by is None else cadence.closed_by.value,
    }


def _bosh(bosh: BoshFacts) -> Json:
    # The session id is left out: who knows it may speak in the agent's name (XEP-0124 section 15).
    return {
        "url": bosh.url,
        "wait_s": bosh.wait_s,
        "hold": bosh.hold,
        "requests": bosh.requests,
        "inactivity_s": bosh.inactivity_s,
        "polling_s": bosh.polling_s,
        "turns": bosh.turn_count,
        "connections": len(bosh.connections),
        "terminated_by": bosh.terminated_by,
        "condition": bosh.condition,
        "bodies_missing": bosh.bodies_missing,
    }


def _system_info(info: SystemInfo) -> Json:
    return {
        "status": info.status,
        "primary_node": info.primary_node,
        "secondary_node": info.secondary_node,
        "xmpp_domain": info.xmpp_domain,
        "pubsub_domain": info.pubsub_domain,
        "authentication": info.authentication,
        "deployment": info.deployment,
        "server_time": moment(info.server_time_ns),
        "clock_offset_ms": milliseconds(info.clock_offset_ns),
    }


def _resolution(one: Resolution) -> Json:
    return {
        "name": one.name,
        "kind": one.kind,
        "client": one.client,
        "server": one.server,
        "code": one.code,
        "addresses": list(one.addresses),
        "aliases": list(one.aliases),
        "latency_ms": milliseconds(one.latency_ns),
    }


def _unreachable(one: Unreachable, recordings: Sequence[Recording]) -> Json:
    return {
        "reporter": one.reporter,
        "code": one.code,
        "client": str(one.client),
        "server": str(one.server),
        "mtu": one.mtu,
        "place": place(one.source, recordings),
        "time": moment(one.source.time_ns),
    }


def _attempt(attempt: Attempt, recordings: Sequence[Recording]) -> Json:
    connection = attempt.connection
    opened = connection.opened_source
    return {
        "server": str(connection.server),
        "end": attempt.end.value,
        "detail": attempt.detail,
        "place": None if opened is None else place(opened, recordings),
        "time": moment(connection.opened_ns),
    }


def _use(use: RealTimeUse) -> Json:
    return {
        "kind": use.kind.value,
        "url": use.url,
        "client": use.client,
        "requests": use.requests,
        "refused": use.refused,
        "first": moment(use.first_ns),
        "last": moment(use.last_ns),
    }
