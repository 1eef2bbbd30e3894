"""
The staircase: recordings in, a report out.

    file → packets → connections → octets → frames → messages → stanzas → sessions → findings →
    report

The one file that knows every room. A session goes through the rules as soon as it has ended and is
then cut down to what the report shows, so memory grows with the sessions found, not with the
capture. Of several recordings the sessions wait, within a bound, until all have been read: one that
several recordings hold is judged once, by all that they tell.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from .capture import case as capture_case
from .capture import keylog, recognition
from .capture.case import Case
from .capture.found import Opened
from .entrances import entrance_of
from .model.anomaly import Anomaly
from .model.errors import UsageError
from .model.flow import Connection
from .model.profile import Profile
from .model.recording import InputKind, Recording, Secret
from .model.report import Report, RuleText
from .model.rule import Finding, Rule, Skipped, Subject
from .model.session import Cohort, Needs, Session
from .protocol.tls.keyring import KeyRing
from .protocol.tower import Tower
from .rules import profiles, shelf, verdict
from .rules.profiles import written
from .session.build import Builder
from .session.history import histories
from .session.retain import Retention
from .session.secrets import count_secrets
from .version import __version__

if TYPE_CHECKING:
    from .model.comparison import Comparison
    from .session.joiner import Joiner

Input = capture_case.Input
"""A file or folder, or a name with a stream that is read to its end."""

Progress = Callable[[str, int], None]
"""Told the input's name and the connections or entries delivered so far."""

HEAD_OCTETS = recognition.HEAD_OCTETS
"""Octets by which `recognise` tells a file."""


def analyze(
    inputs: Sequence[Input],
    profile: str = "finesse",
    progress: Progress | None = None,
    keys: Sequence[Input] = (),
    *,
    strict: bool = True,
) -> Report:
    """
    Analyse recordings as one case.

    Args:
        inputs: HAR files and packet captures, archives and folders of them.
        profile: Name of a built-in profile, or path of a TOML file.
        progress: Called now and then.
        keys: TLS key logs and RSA private keys (PEM). Those among the inputs and beside a capture
            are found.
        strict: An input that cannot be read, or is no recording, is an error. Else it is passed
            over and named, as one in a folder is, unless there is no other.

    Raises:
        CaptureError: An input cannot be read or is of no known format.
        UsageError: The profile does not exist or is not valid, or a file of keys holds none.
    """
    with Case() as case:
        for source in keys:
            case.add_keys(source)
        for source in inputs:
            case.add(source, strict=strict)
        study = _Study(profiles.load(profile), shelf.load(), _ring(case))
        if case.has_several:
            from .session.joiner import Joiner  # noqa: PLC0415 - one recording needs none

            study.joiner = Joiner()
        for capture, opened in case.captures():
            if study.joiner is not None and case.at_last:
                study.joiner.expect_last()
            study.read(opened, capture, progress)
        return replace(study.report(), key_files=case.key_files, skipped_inputs=tuple(case.skipped))


def _ring(case: Case) -> KeyRing:
    ring = KeyRing()
    for keys in tuple(case.keys):
        ring.add(keylog.secrets(keys.octets))
        for private_key in keylog.private_keys(keys.octets):
            try:
                ring.add_private_key(private_key)
            except UsageError as error:
                if keys.given:
                    raise UsageError(f"{keys.name}: {error}") from None
                case.pass_over(keys, str(error))
    return ring


def compare(  # noqa: PLR0913 - those of analyze, and which sessions
    good: Sequence[Input],
    bad: Sequence[Input],
    profile: str = "finesse",
    progress: Progress | None = None,
    keys: Sequence[Input] = (),
    *,
    sessions: tuple[int | None, int | None] = (None, None),
) -> "Comparison":
    """
    Compare a session that went well with one that did not.

    Args:
        good: Recordings of the good one, as of `analyze`.
        bad: Recordings of the bad one.
        profile: As of `analyze`.
        progress: As of `analyze`.
        keys: As of `analyze`; for both.
        sessions: Numbers of the good and the bad session; None: the one that shows it best.

    Raises:
        CaptureError: As of `analyze`.
        UsageError: As of `analyze`, or there is no session of that number.
    """
    from .model.comparison import Role  # noqa: PLC0415 - nothing else compares
    from .session import compare as comparing  # noqa: PLC0415 - likewise

    reports = [analyze(inputs, profile, progress, keys) for inputs in (good, bad)]
    mine, yours = map(comparing.take, reports, Role, sessions)
    return comparing.compare(mine, yours, {rule.id: rule.needs for rule in shelf.load()})


def recognise(head: bytes, name: str, *, whole: bool = False) -> InputKind:
    """
    What a file seems to be, before all of it has come.

    Args:
        head: Its first octets, `HEAD_OCTETS` of them where there are so many.
        name: What to call it.
        whole: They are all there are.

    Raises:
        CaptureError: It is certainly nothing to be analysed; says what it is, and what to do.
    """
    return recognition.recognise(head, name, whole=whole)


def known_rules() -> tuple[Rule, ...]:
    """Every rule on the shelf, by id."""
    return shelf.load()


def known_texts() -> dict[str, RuleText]:
    """Rule id → its texts, as templates, of every rule on the shelf."""
    return shelf.texts(shelf.load())


def known_profiles() -> tuple[Profile, ...]:
    """Every built-in profile, by name."""
    return tuple(profiles.load(name) for name in profiles.names())


def profile_titles(own: str) -> dict[str, str]:
    """
    Name → title of one profile, then of every other built-in one.

    Args:
        own: Its built-in name, or path of a TOML file. One that has the title of what it extends
            is called as its file.

    Raises:
        UsageError: There is no such profile, or it is not valid.
    """
    built_in = {profile.name: profile.title for profile in known_profiles()}
    if own in built_in:
        title = built_in[own]
    else:
        title = profiles.load(own).title
        if title in built_in.values():
            title = Path(own).stem
    return {own: title, **built_in}


def profile_as_toml(name_or_path: str) -> str:
    """
    Effective values of a profile, with what each means and where it comes from; loads again.

    Raises:
        UsageError: There is no such profile, or it is not valid.
    """
    return written.as_toml(profiles.read(name_or_path))


class _Study:
    """What has been found so far, over all inputs."""

    def __init__(self, profile: Profile, rules: tuple[Rule, ...], ring: KeyRing) -> None:
        self.profile = profile
        self.ring = ring
        self.rules = rules
        self.shelf = shelf.Shelf(rules)
        self.recordings: list[Recording] = []
        self.sessions: list[Session] = []
        self.findings: list[Finding] = []
        self.skipped: dict[tuple[str, tuple[Needs, ...]], Skipped] = {}
        self.retention = Retention()
        self.joiner: Joiner | None = None
        self.found: dict[int, list[int]] = {}

    def read(self, opened: Opened, capture: int, progress: Progress | None) -> None:
        """Take in one input whole."""
        secrets: Counter[Secret] = Counter()
        entrance = entrance_of(opened, capture, self.profile.followed_ports, self.ring)
        builder = Builder(capture, entrance.seen_in, self.profile, entrance.client)
        towers: dict[int, Tower] = {}
        for delivered, (number, items) in enumerate(entrance.items(), 1):
            tower = towers.get(number)
            if tower is None:
                tower = towers[number] = Tower(capture, self.ring)
            for events in tower.decode(items):
                self._take(builder.feed(number, events), secrets)
            if isinstance(items[-1], Connection):
                del towers[number]
            if progress is not None:
                progress(opened.name, delivered)
        self._take(builder.finish(), secrets)
        recording = Recording(
            capture=capture,
            name=opened.name,
            sha256=opened.sha256,
            octets=opened.octets,
            format=opened.format,
            kind=opened.kind,
            profile=self.profile,
            har=entrance.har_facts(),
            packets=entrance.packet_facts(builder),
            realtime=builder.realtime.uses(),
            polls=builder.polls,
            secrets=dict(secrets + Counter(entrance.secrets())),
            anomalies=(*opened.reader.anomalies, *builder.anomalies),
        )
        self.recordings.append(recording)

    def _take(self, ended: Iterable[Session], secrets: Counter[Secret]) -> None:
        for session in ended:
            secrets.update(count_secrets(session))
            if self.joiner is None:
                self._tell(session, (session.capture,))
            else:
                for told in self.joiner.hold(session):
                    self._tell(told.session, told.captures)

    def _tell(self, session: Session, captures: Iterable[int]) -> None:
        """Number a session, judge it, and keep of it what the report shows."""
        session = replace(session, number=len(self.sessions) + 1)
        findings = self._judge([session])
        self.sessions.append(self.retention.retain(session, findings))
        for capture in captures:
            self.found.setdefault(capture, []).append(session.number)

    def _close(self) -> None:
        """Judge what waited for the last recording, and the recordings with what is in them."""
        reached: list[Anomaly] = []
        if self.joiner is not None:
            for told in self.joiner.finish():
                self._tell(told.session, told.captures)
            reached = self.joiner.anomalies()
        for index, recording in enumerate(self.recordings):
            last = index == len(self.recordings) - 1
            self.recordings[index] = replace(
                recording,
                sessions=tuple(self.found.get(recording.capture, ())),
                anomalies=(*recording.anomalies, *(reached if last else ())),
            )
        self._judge(self.recordings)

    def _judge(self, subjects: Sequence[Subject]) -> list[Finding]:
        findings, skipped = self.shelf.run(subjects)
        self.findings += findings
        for skip in skipped:
            self.skipped.setdefault((skip.rule_id, skip.lacking), skip)
        return findings

    def report(self) -> Report:
        """Number the sessions in the order they began, look at all of them, and judge."""
        self._close()
        self.sessions.sort(key=_beginning)
        numbers: dict[int | None, int | None] = {None: None}
        numbers |= {session.number: new for new, session in enumerate(self.sessions, 1)}
        sessions = tuple(replace(s, number=new) for new, s in enumerate(self.sessions, 1))
        recordings = tuple(
            replace(recording, sessions=tuple(sorted(numbers[n] or 0 for n in recording.sessions)))
            for recording in self.recordings
        )
        self.findings = [replace(f, session=numbers[f.session]) for f in self.findings]
        skipped = tuple(replace(s, session=numbers[s.session]) for s in self.skipped.values())
        told = histories(sessions, [run for r in recordings for run in r.polls])
        self._judge([Cohort(sessions=sessions, histories=told)])
        judgement, findings = verdict.judge(self.findings, sessions, recordings, self.rules, told)
        return Report(
            tool_version=__version__,
            profile=self.profile.name,
            verdict=judgement,
            recordings=recordings,
            sessions=sessions,
            findings=findings,
            skipped=skipped,
            rules_run=tuple(rule.id for rule in self.rules),
            texts=shelf.texts(self.rules),
            histories=told,
        )


def _beginning(session: Session) -> tuple[int, int, int]:
    # A session without a time stands first, as a browser sorts it.
    return (session.capture, session.started_ns or 0, session.number)
