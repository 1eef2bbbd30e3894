"""What stands beside a session: DNS, attempts, ICMP, BOSH, SystemInfo; as label and value."""

from collections import Counter
from collections.abc import Iterator

from ..model.bosh import BoshFacts
from ..model.finesse import SystemInfo
from ..model.network import Attempt, RealTimeUse, Resolution
from ..model.session import Session
from .evidence import duration, timestamp
from .tls_facts import Keyed

SHOWN = 5
"""Of many alike the first few."""


def network_facts(session: Session) -> Iterator[Keyed]:
    """What is known of a session beside its connection; the keys of labels with values."""
    for resolution in session.resolutions[:SHOWN]:
        yield "dns", resolution_words(resolution)
    yield "attempts", _attempts(session.attempts)
    codes = Counter(f"{one.code}, says {one.reporter}" for one in session.unreachables)
    yield "icmp", "; ".join(f"{what} ({count})" for what, count in codes.most_common(SHOWN))
    if session.bosh is not None:
        yield "bosh", _bosh(session.bosh)
    if session.system_info is not None:
        yield "system_info", _system_info(session.system_info)


def resolution_words(resolution: Resolution) -> str:
    """A DNS question with its answer."""
    asked = f"{resolution.name} {resolution.kind}"
    if resolution.code is None:
        return f"{asked}: no answer from {resolution.server}"
    found = ", ".join((*resolution.aliases, *resolution.addresses)[:SHOWN])
    took = "" if resolution.latency_ns is None else f" ({duration(resolution.latency_ns)})"
    return f"{asked}: {resolution.code}{' ' if found else ''}{found}{took}"


def attempt_words(attempt: Attempt) -> str:
    """When and where, and what became of it."""
    connection = attempt.connection
    detail = f" ({attempt.detail})" if attempt.detail else ""
    opened = "" if connection.opened_ns is None else f"{timestamp(connection.opened_ns)} "
    return f"{opened}{connection.server}: {attempt.end.value}{detail}"


def _attempts(attempts: tuple[Attempt, ...]) -> str:
    if not attempts:
        return ""
    more = f"; {len(attempts) - SHOWN} more" if len(attempts) > SHOWN else ""
    return f"{len(attempts)}: {'; '.join(map(attempt_words, attempts[:SHOWN]))}{more}"


def _bosh(bosh: BoshFacts) -> str:
    told = [f"{bosh.turn_count} requests over {len(bosh.connections)} connections"]
    agreed = {
        "wait": (bosh.wait_s, " s"),
        "hold": (bosh.hold, ""),
        "requests": (bosh.requests, ""),
        "inactivity": (bosh.inactivity_s, " s"),
        "polling": (bosh.polling_s, " s"),
    }
    told += [f"{name} {value}{unit}" for name, (value, unit) in agreed.items() if value is not None]
    if bosh.terminated_by is not None:
        told.append(f"terminated by {bosh.terminated_by} {bosh.condition or ''}".rstrip())
    if bosh.bodies_missing:
        told.append(f"{bosh.bodies_missing} responses without their body")
    return ", ".join(told)


def _system_info(info: SystemInfo) -> str:
    nodes = [node for node in (info.primary_node, info.secondary_node) if node]
    offset = info.clock_offset_ns
    told = {
        "nodes": " and ".join(nodes),
        "XMPP domain": info.xmpp_domain,
        "pubsub domain": info.pubsub_domain,
        "authentication": info.authentication,
        "deployment": info.deployment,
        "server's clock": "" if offset is None else _offset(offset),
    }
    words = [f"{name} {value}" for name, value in told.items() if value]
    return ", ".join([*([info.status] if info.status else []), *words])


def _offset(offset_ns: int) -> str:
    return f"{duration(abs(offset_ns))} {'behind' if offset_ns < 0 else 'ahead'}"


def use_words(use: RealTimeUse) -> str:
    """A real-time transport: which, where, how often."""
    client = f" by {use.client}" if use.client is not None else ""
    refused = f", {use.refused} refused" if use.refused else ""
    return f"{use.kind.value} {use.url}{client} ({use.requests}{refused})"
