"""What stands beside a session: DNS, attempts, ICMP, BOSH, SystemInfo; as label and value."""

from collections import Counter
from collections.abc import Iterator

from ...model.bosh import BoshFacts
from ...model.finesse import SystemInfo
from ...model.network import Attempt, RealTimeUse, Resolution
from ...model.session import Session
from ..language.texts import Piece, aside, listed, phrases, say, value_said
from ..language.words import Words
from .evidence import duration, timestamp
from .tls import Keyed

SHOWN = 5
"""Of many alike the first few."""


def network_facts(session: Session, words: Words) -> Iterator[Keyed]:
    """What is known of a session beside its connection; the keys of labels with values."""
    for resolution in session.resolutions[:SHOWN]:
        yield "dns", resolution_words(resolution, words)
    yield "attempts", _attempts(session.attempts, words)
    codes = Counter((one.code, one.reporter) for one in session.unreachables)
    told = (
        aside(words, say(words, "icmp.says", code=code, reporter=reporter), words.number(count))
        for (code, reporter), count in codes.most_common(SHOWN)
    )
    yield "icmp", phrases(words, told)
    if session.bosh is not None:
        yield "bosh", _bosh(session.bosh, words)
    if session.system_info is not None:
        yield "system_info", _system_info(session.system_info, words)


def resolution_words(resolution: Resolution, words: Words) -> str:
    """A DNS question with its answer."""
    asked = f"{resolution.name} {resolution.kind}"
    if resolution.code is None:
        return say(words, "dns.unanswered", asked=Piece(asked), server=resolution.server)
    found = listed(words, (*resolution.aliases, *resolution.addresses)[:SHOWN])
    answer = f"{resolution.code} {found}".rstrip()
    took = "" if resolution.latency_ns is None else duration(resolution.latency_ns, words)
    return say(words, "named", name=Piece(asked), value=Piece(aside(words, answer, took)))


def attempt_words(attempt: Attempt, words: Words) -> str:
    """When and where, and what became of it."""
    connection = attempt.connection
    detail = value_said(words, attempt.detail) if attempt.detail else ""
    ended = aside(words, words[f"attempt.{attempt.end.value}"], detail)
    opened = "" if connection.opened_ns is None else f"{timestamp(connection.opened_ns)} "
    tried = Piece(f"{opened}{connection.server}")
    return say(words, "named", name=tried, value=Piece(ended))


def _attempts(attempts: tuple[Attempt, ...], words: Words) -> str:
    if not attempts:
        return ""
    told = [attempt_words(attempt, words) for attempt in attempts[:SHOWN]]
    if len(attempts) > SHOWN:
        told.append(say(words, "more", count=len(attempts) - SHOWN))
    return say(words, "named", name=words.number(len(attempts)), value=Piece(phrases(words, told)))


def _bosh(bosh: BoshFacts, words: Words) -> str:
    counts = {"requests": bosh.turn_count, "connections": len(bosh.connections)}
    told = [say(words, "bosh.requests", **counts)]
    # The names of the attributes of XEP-0124.
    numbers = {"hold": bosh.hold, "requests": bosh.requests}
    times = {"wait": bosh.wait_s, "inactivity": bosh.inactivity_s, "polling": bosh.polling_s}
    agreed = {name: None if value is None else str(value) for name, value in numbers.items()}
    agreed |= {
        name: None if value is None else say(words, "duration.s", value=value)
        for name, value in times.items()
    }
    order = ("wait", "hold", "requests", "inactivity", "polling")
    told += [f"{name} {agreed[name]}" for name in order if agreed[name] is not None]
    if bosh.terminated_by is not None:
        ended = words[f"bosh.terminated.{bosh.terminated_by}"]
        told.append(f"{ended} {bosh.condition or ''}".rstrip())
    if bosh.bodies_missing:
        told.append(say(words, "bosh.missing", count=bosh.bodies_missing))
    return listed(words, told)


def _system_info(info: SystemInfo, words: Words) -> str:
    nodes = [node for node in (info.primary_node, info.secondary_node) if node]
    told = [info.status] if info.status else []
    if len(nodes) > 1:
        told.append(say(words, "info.nodes", first=nodes[0], second=nodes[1]))
    elif nodes:
        told.append(say(words, "info.node", first=nodes[0]))
    named = {
        "xmpp": info.xmpp_domain,
        "pubsub": info.pubsub_domain,
        "authentication": info.authentication,
        "deployment": info.deployment,
    }
    told += [say(words, f"info.{key}", name=name) for key, name in named.items() if name]
    if info.clock_offset_ns is not None:
        way = "behind" if info.clock_offset_ns < 0 else "ahead"
        offset = duration(abs(info.clock_offset_ns), words)
        told.append(say(words, f"info.clock.{way}", duration=offset))
    return listed(words, told)


def use_words(use: RealTimeUse, words: Words) -> str:
    """A real-time transport: which, where, how often."""
    count = say(words, "use.count", count=use.requests)
    if use.refused:
        count = say(words, "use.refused", count=use.requests, refused=use.refused)
    values = {"kind": words[f"realtime.{use.kind.value}"], "url": use.url, "count": count}
    if use.client is None:
        return say(words, "use", **values)
    return say(words, "use.by", client=use.client, **values)
