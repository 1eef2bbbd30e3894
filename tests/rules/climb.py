"""A ladder climbs the same floors as a recording, up to what rules look at."""

from collections import Counter
from typing import NamedTuple

from msgspec.structs import replace

from analyzer.capture.ladder import LadderReader
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.recording import Kind, Recording, Secret
from analyzer.model.rule import Subject
from analyzer.model.session import Cohort, SeenIn, Session
from analyzer.protocol.tower import Tower
from analyzer.rules import profiles
from analyzer.session.build import Builder
from analyzer.session.history import histories
from analyzer.session.secrets import count_secrets


class Seen(NamedTuple):
    """What rules look at: sessions, and the recordings that hold them, the first by itself."""

    sessions: tuple[Session, ...]
    recording: Recording
    others: tuple[Recording, ...] = ()

    @property
    def subjects(self) -> list[Subject]:
        """All of it, as the pipeline hands it over."""
        told = histories(self.sessions, self.recording.polls)
        return [*self.sessions, self.recording, *self.others, cohort]
#Cohort(sessions=self.sessions, histories=told)]


def climb(text: str, profile: str = "") -> Seen:
    """The sessions of a ladder, and its recording; the profile is its own unless one is given."""
    reader = LadderReader(text, 0)
    seen_in = SeenIn.HAR if reader.is_har else SeenIn.PACKETS
    expected = profiles.load(profile or reader.profile or "finesse")
    builder = Builder(0, seen_in, expected)
    towers: dict[int, Tower] = {}
    sessions: list[Session] = []
    for number, items in reader.items():
        tower = towers.setdefault(number, Tower(0))
        sessions += builder.feed(number, tower.feed(items))
    sessions += builder.finish()
    sessions.sort(key=lambda session: session.started_ns or 0)
    sessions = [replace(session, number=number) for number, session in enumerate(sessions, 1)]
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
        capture=0,
        name="example.ladder",
        sha256="",
        octets=len(text),
        format="HAR" if reader.is_har else "pcapng",
        kind=Kind.HAR if reader.is_har else Kind.PACKETS,
        profile=expected,
        har=reader.facts() if reader.is_har else None,
        packets=facts,
        sessions=tuple(session.number for session in sessions),
        secrets=dict(secrets),
        realtime=builder.realtime.uses(),
        polls=builder.polls,
        anomalies=tuple(reader.anomalies),
    )
    return Seen(tuple(sessions), recording)


def misread(text: str) -> list[dict[str, str | int]]:
    """What of a ladder means nothing."""
    anomalies = LadderReader(text, 0).anomalies
    return [a.values for a in anomalies if a.code is AnomalyCode.DAMAGED and a.values]
