"""What one can do with cases: the pages and the API do it, and nothing else, by this."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from sqlalchemy.exc import SQLAlchemyError

from ..pipeline import profile_titles
from ..report.formats import COMPARISON_RENDERERS, RENDERERS
from ..report.language.words import LANGUAGES
from .blobs.incoming import is_full
from .database.queue import RETRY_S
from .problems import Problem, ProblemCode
from .records import (
    Case,
    CasePage,
    CaseQuery,
    File,
    FileKind,
    FileState,
    Job,
    JobKind,
    JobState,
    Received,
    Rendering,
    Upload,
)
from .settings import MOST_DAYS
from .stores import Stores
from .workers.renderings import Renderings
from .workers.runner import Runner

DAY_NS = 86_400 * 10**9

NUMBER_LENGTH = 100
"""Characters of a case number."""

NOTES_LENGTH = 20_000
"""Characters of notes."""

KEPT_DAYS = (1, 7, 30, 90, 365)
"""Offered beside the server's own retention; an API may say any number up to `MOST_DAYS`."""


class Casebook:
    """
    Cases with their files, jobs and reports; every method may raise `Problem`.

    Attributes:
        titles: Name → title of the profiles that an upload may ask for, the server's own first.
    """

    def __init__(self, stores: Stores, runner: Runner, renderings: Renderings) -> None:
        """
        Take what a server is made of.

        Args:
            stores: What is kept.
            runner: Woken when there is something to do.
            renderings: Writes reports in formats and languages.
        """
        self._stores = stores
        self._runner = runner
        self._renderings = renderings
        self.titles = profile_titles(stores.settings.profile)

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles, the server's own first."""
        return tuple(self.titles)

    def is_full(self) -> bool:
        """No more jobs may wait at the moment."""
        return self._stores.jobs.waiting() >= self._stores.settings.queue

    def admit(self, case_id: str | None = None) -> None:
        """
        Refuse an upload before it comes, where that can be seen then.

        Args:
            case_id: Of the case that gets files; None: it makes one.
        """
        if case_id is not None:
            self.case(case_id)
        if self.is_full():
            raise Problem(ProblemCode.QUEUE_FULL, retry_s=RETRY_S)

    def open(self, upload: Upload, key: str | None = None) -> tuple[Case, Job]:
        """
        Make a case of what was uploaded, and have it analysed.

        Args:
            upload: Files, and the fields `number`, `notes`, `profile`, `language`, all of which
                may be left out. The files are taken from where they wait.
            key: Of a request that was begun; here as elsewhere, what comes of it is its answer.
        """
        _recordings_among(upload.files)
        number, notes = _number(upload.fields), _notes(upload.fields)
        profile, language = self._profile(upload.fields), _language(upload.fields)
        stores = self._stores
        self._room(upload.files)
        retention = stores.settings.retention_s
        case_id = stores.cases.new_id()
        try:
            blobs = _keys(upload.files)
            self._put(case_id, upload.files, blobs)
            case, _, job = stores.cases.open(
                case_id=case_id,
                number=number,
                notes=notes,
                expires_ns=None if retention is None else stores.clock() + retention * 10**9,
                received=upload.files,
                blobs=blobs,
                profile=profile,
                language=language,
                room=stores.settings.queue,
                key=key,
            )
        except BaseException:
            # A commit whose answer was lost may have made the case. Who cannot tell sweeps later.
            with suppress(SQLAlchemyError, OSError):
                if stores.cases.get(case_id) is None:
                    stores.blobs.delete_case(case_id)
            raise
        self._runner.wake()
        return case, job

    def add_files(self, case_id: str, upload: Upload, key: str | None = None) -> Job:
        """Add files to a case, and have all of it analysed anew."""
        self.case(case_id)
        stores = self._stores
        held = stores.files.of_case(case_id)
        _recordings_among(upload.files, held)
        self._room(upload.files, held)
        profile, language = self._profile(upload.fields), _language(upload.fields)
        blobs = _keys(upload.files)
        try:
            self._put(case_id, upload.files, blobs)
            _, job = stores.cases.extend(
                case_id,
                received=upload.files,
                blobs=blobs,
                profile=profile,
                language=language,
                room=stores.settings.queue,
                key=key,
            )
        except (Problem, OSError):
            # Nothing names them. What stays none the less is swept.
            with suppress(OSError):
                for blob in blobs:
                    stores.blobs.delete(case_id, blob)
            raise
        self._runner.wake()
        return job

    def analyze_again(
        self, case_id: str, profile: str, language: str, key: str | None = None
    ) -> Job:
        """Analyse what is left of a case's files."""
        self.case(case_id)
        if all(file.kind is FileKind.KEYS for file in self.files(case_id) if file.blob):
            raise Problem(ProblemCode.NOT_KEPT)
        return self._add_job(case_id, JobKind.ANALYZE, profile, language, key=key)

    def compare(  # noqa: PLR0913, PLR0917 - those of Jobs.add
        self,
        case_id: str,
        good: str,
        bad: str,
        profile: str,
        language: str,
        key: str | None = None,
    ) -> Job:
        """Compare the sessions of two files of a case."""
        self.case(case_id)
        if good == bad:
            raise Problem(ProblemCode.BAD_VALUE, "good and bad are the same file", field="bad")
        for file_id in (good, bad):
            file = self._stores.files.get(case_id, file_id)
            if file is None:
                raise Problem(ProblemCode.NOT_FOUND, "no such file in this case")
            if file.blob is None:
                raise Problem(ProblemCode.NOT_KEPT, name=file.name)
        sides = {"good": good, "bad": bad}
        return self._add_job(case_id, JobKind.COMPARE, profile, language, key=key, **sides)

    def _add_job(
        self, case_id: str, kind: JobKind, profile: str, language: str, **more: str | None
    ) -> Job:
        given = {"profile": profile, "language": language}
        job = self._stores.jobs.add(
            case_id,
            kind,
            profile=self._profile(given),
            language=_language(given),
            room=self._stores.settings.queue,
            **more,
        )
        self._runner.wake()
        return job

    def case(self, case_id: str) -> Case:
        """A case."""
        case = self._stores.cases.get(case_id)
        if case is None:
            raise Problem(ProblemCode.NOT_FOUND, "no such case")
        return case

    def files(self, case_id: str) -> list[File]:
        """Files of a case, as they came."""
        return self._stores.files.of_case(case_id)

    def jobs(self, case_id: str) -> list[Job]:
        """Jobs of a case, the newest first."""
        return self._stores.jobs.of_case(case_id)

    def job(self, job_id: str) -> Job:
        """A job."""
        job = self._stores.jobs.get(job_id)
        if job is None:
            raise Problem(ProblemCode.NOT_FOUND, "no such job")
        return job

    def place(self, job: Job) -> int:
        """How many jobs wait before this one."""
        return self._stores.jobs.place(job.id) if job.state is JobState.QUEUED else 0

    def page(self, query: CaseQuery) -> CasePage:
        """Cases, the newest first."""
        return self._stores.cases.page(query)

    def edit(
        self,
        case_id: str,
        *,
        number: str | None = None,
        notes: str | None = None,
        keep_days: int | None = None,
    ) -> Case:
        """
        Change what people say of a case; None leaves it as it is.

        Args:
            case_id: Of the case.
            number: At most `NUMBER_LENGTH` characters.
            notes: At most `NOTES_LENGTH` characters.
            keep_days: From today, 1 to `MOST_DAYS`; 0: until somebody deletes it.
        """
        changes: dict[str, str | int | None] = {}
        if number is not None:
            changes["number"] = _number({"number": number})
        if notes is not None:
            changes["notes"] = _notes({"notes": notes})
        if keep_days is not None:
            if not 0 <= keep_days <= MOST_DAYS:
                raise Problem(ProblemCode.BAD_VALUE, field="keep_days")
            days = self._stores.clock() + keep_days * DAY_NS
            changes["expires_ns"] = days if keep_days else None
        case = self._stores.cases.edit(case_id, **changes)  # type: ignore[arg-type]
        if case is None:
            raise Problem(ProblemCode.NOT_FOUND, "no such case")
        return case

    def delete(self, case_id: str) -> None:
        """Delete a case; its octets are gone when this returns."""
        stores = self._stores
        if not stores.cases.mark_deleted(case_id):
            raise Problem(ProblemCode.NOT_FOUND, "no such case")
        self._runner.abandon(case_id)
        stores.blobs.delete_case(case_id)
        if not any(job.state is JobState.RUNNING for job in stores.jobs.of_case(case_id)):
            stores.cases.forget(case_id)

    def download(self, case_id: str, file_id: str) -> tuple[File, BinaryIO]:
        """What is left of a file, open for reading."""
        self.case(case_id)
        file = self._stores.files.get(case_id, file_id)
        if file is None:
            raise Problem(ProblemCode.NOT_FOUND, "no such file in this case")
        if file.blob is None:
            raise Problem(ProblemCode.NOT_KEPT, name=file.name)
        try:
            return file, self._stores.blobs.open(case_id, file.blob)
        except FileNotFoundError:
            raise Problem(ProblemCode.NOT_KEPT, name=file.name) from None

    def last_result(self, case_id: str) -> Job:
        """The newest analysis of a case that gave a result."""
        self.case(case_id)
        analyses = [job for job in self.jobs(case_id) if job.kind is JobKind.ANALYZE]
        found = next((job for job in analyses if job.state is JobState.DONE), None)
        if found is not None:
            return found
        waits = any(not job.is_over for job in analyses)
        raise Problem(ProblemCode.NOT_READY if waits else ProblemCode.NO_RESULT)

    async def rendering(self, job: Job, kind: str, language: str) -> Rendering:
        """
        The report of a job as a file; `open_rendering` reads it.

        Args:
            job: Which one.
            kind: Name of a format.
            language: BCP 47 tag.
        """
        formats = RENDERERS if job.kind is JobKind.ANALYZE else COMPARISON_RENDERERS
        if kind not in formats:
            raise Problem(ProblemCode.NOT_FOUND, "no such format")
        if job.state is not JobState.DONE:
            raise Problem(ProblemCode.NO_RESULT if job.is_over else ProblemCode.NOT_READY)
        return await self._renderings.get(job, kind, _language({"language": language}))

    def open_rendering(self, job: Job, rendering: Rendering) -> BinaryIO:
        """The octets of a report."""
        try:
            return self._stores.blobs.open(job.case_id, rendering.blob)
        except FileNotFoundError:
            raise Problem(ProblemCode.NOT_FOUND, "no such case") from None

    def _profile(self, fields: dict[str, str]) -> str:
        name = fields.get("profile") or self._stores.settings.profile
        # A name only: a path would let a stranger read the server's files.
        if name not in self.profiles:
            raise Problem(ProblemCode.BAD_VALUE, "no such profile", field="profile")
        return name

    def _room(self, received: Sequence[Received], held: Sequence[File] = ()) -> None:
        """Refuse what does not fit any more beside what is left of a case."""
        settings = self._stores.settings
        held = [file for file in held if file.blob]
        new = sum(file.octets for file in received)
        if len(received) + len(held) > settings.max_files:
            raise Problem(ProblemCode.TOO_MANY_FILES, limit=settings.max_files)
        if new + sum(file.octets for file in held) > settings.max_case:
            raise Problem(ProblemCode.TOO_LARGE, limit=settings.max_case)
        if settings.quota and self._stores.cases.octets() + new > settings.quota:
            raise Problem(ProblemCode.DISK_FULL)
        self.admit()

    def _put(self, case_id: str, received: Sequence[Received], keys: Sequence[str]) -> None:
        """Move files into the blobs of a case."""
        try:
            for file, key in zip(received, keys, strict=True):
                self._stores.blobs.put(case_id, Path(file.path), key)
        except OSError as error:
            if is_full(error):
                raise Problem(ProblemCode.DISK_FULL) from None
            raise


def _keys(received: Sequence[Received]) -> list[str]:
    """
    Keys for files, each its own.

    Files share octets with nothing, as what becomes of them differs: one may go at this moment.
    """
    return [token_hex(32) for _ in received]


def is_comparable(file: File) -> bool:
    """A file that holds a session and of which something is left."""
    return file.state is not FileState.GONE and file.kind not in (FileKind.KEYS, FileKind.OTHER)


def _recordings_among(received: Sequence[Received], held: Sequence[File] = ()) -> None:
    if not received:
        raise Problem(ProblemCode.NO_FILE)
    kinds = {file.kind for file in received} | {file.kind for file in held if file.blob}
    if kinds == {FileKind.KEYS}:
        raise Problem(ProblemCode.NOT_A_CAPTURE, "only keys, and no capture that they open")


def _number(fields: dict[str, str]) -> str:
    return _text(fields, "number", NUMBER_LENGTH, one_line=True)


def _notes(fields: dict[str, str]) -> str:
    return _text(fields, "notes", NOTES_LENGTH)


def _text(fields: dict[str, str], name: str, length: int, *, one_line: bool = False) -> str:
    text = fields.get(name, "").replace("\r\n", "\n").strip()
    if one_line:
        text = " ".join(text.split())
    if len(text) > length:
        raise Problem(ProblemCode.BAD_VALUE, f"at most {length} characters", field=name)
    return text


def _language(fields: dict[str, str]) -> str:
    tag = fields.get("language") or "en"
    if tag not in LANGUAGES:
        raise Problem(ProblemCode.BAD_VALUE, "no such language", field="language")
    return tag
