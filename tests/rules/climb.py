"""A ladder climbs the same floors as a recording, up to what rules look at."""

from collections import Counter
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.capture.ladder import LadderReader
from analyzer.capture.ladder_text import recordings
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.recording import Kind, Recording, Secret
from analyzer.model.rule import Subject
from analyzer.model.session import Cohort, SeenIn, Session
from analyzer.protocol.tower import Tower
from analyzer.rules import profiles
from analyzer.session.build import Builder
from analyzer.session.history import histories
from analyzer.session.joiner import Joiner, Told
from analyzer.session.secrets import count_secrets


class Seen(NamedTuple):
    """What rules look at: sessions, and the recordings that hold them, the first by itself."""

    sessions: tuple[Session, ...]
    recording: Recording
    others: tuple[Recording, ...] = ()

    @property
    def subjects(self) -> list[Subject]:
        """All of it, as the pipeline hands it over."""
        polls = [poll for one in (self.recording, *self.others) for poll in one.polls]
        cohort = Cohort(sessions=self.sessions, histories=histories(self.sessions, polls))
        return [*self.sessions, self.recording, *self.others, cohort]


def climb(text: str, profile: str = "") -> Seen:
    """The sessions of a ladder, and its recordings; the profile is its own unless one is given."""
    joiner = Joiner()
    told: list[Told] = []
    seen: list[Recording] = []
    for capture, part in enumerate(recordings(text)):
        found, recording = _recorded(part, capture, profile)
        seen.append(recording)
        told += (one for session in found for one in joiner.hold(session))
    told += joiner.finish()
    told.sort(key=lambda one: one.session.started_ns or 0)
    numbered = [replace(one.session, number=number) for number, one in enumerate(told, 1)]
    for capture, recording in enumerate(seen):
        numbers = (n for n, one in enumerate(told, 1) if capture in one.captures)
        seen[capture] = replace(recording, sessions=tuple(numbers))
    return Seen(tuple(numbered), seen[0], tuple(seen[1:]))


def _recorded(text: str, capture: int, profile: str) -> tuple[list[Session], Recording]:
    reader = LadderReader(text, capture)
    seen_in = SeenIn.HAR if reader.is_har else SeenIn.PACKETS
    expected = profiles.load(profile or reader.profile or "finesse")
    builder = Builder(capture, seen_in, expected)
    towers: dict[int, Tower] = {}
    sessions: list[Session] = []
    for number, items in reader.items():
        tower = towers.setdefault(number, Tower(capture))
        sessions += builder.feed(number, tower.feed(items))
    sessions += builder.finish()
    secrets: Counter[Secret] = Counter(reader.secrets)
    for session in sessions:
        secrets.update(count_secrets(session))
    facts = reader.packet_facts()
    if facts is not None:
        protocols = dict(builder.protocols)
        facts = replace(
            facts,
            tls_connections=builder.tls_connections,
            tls_opened=builder.tls_opened,
            tls_locked=dict(builder.tls_locked),
            unread=builder.unread,
            resolutions=builder.resolutions,
            protocols=protocols,
        )
    recording = Recording(
        capture=capture,
        name="example.ladder",
        sha256="",
        octets=len(text),
        format="HAR" if reader.is_har else "pcapng",
        kind=Kind.HAR if reader.is_har else Kind.PACKETS,
        profile=expected,
        har=reader.facts() if reader.is_har else None,
        packets=facts,
        secrets=dict(secrets),
        realtime=builder.realtime.uses(),
        polls=builder.polls,
        anomalies=tuple(reader.anomalies),
    )
    return sessions, recording


def misread(text: str) -> list[dict[str, str | int]]:
    """What of a ladder means nothing."""
    anomalies = [one for part in recordings(text) for one in LadderReader(part, 0).anomalies]
    return [a.values for a in anomalies if a.code is AnomalyCode.DAMAGED and a.values]
