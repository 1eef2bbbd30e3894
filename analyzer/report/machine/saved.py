"""
A report inside its JSON, so that it can be rendered again without the recording.

What is saved is the redacted report, the same that every renderer gets: it holds nothing that an
HTML report of the same recording does not. It is read by this program alone, and whoever sends one
may have written anything into it: what rules say is not taken from there.
"""

import binascii
import gzip
import re
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import MsgspecError, Struct, convert, json, msgpack, to_builtins
from msgspec.structs import replace

from ...model.errors import UsageError
from ...model.limits import SAVED_DOCUMENT_OCTETS, SAVED_OCTETS
from ...model.report import Report, RuleText
from ...model.rule import Finding
from ...version import __version__
from ..language.texts import FIELDS, filled
from ..language.words import words
from ..redaction.redact import RedactedReport, Redaction, restored
from .json_values import Json
from .plausible import fault

VERSION: Final = 1
"""Grows when an older program could no longer read what is saved."""

ENCODING: Final = "msgpack+gzip+base64"


class _Saved(Struct, frozen=True, kw_only=True):
    """
    What is saved.

    Attributes:
        report: Shortened and redacted.
        redaction: How much was taken out.
        redactions: How many of which kind.
        escaped: It holds strings that UTF-8 cannot hold, written as `_hidden` does.
    """

    report: Report
    redaction: Redaction
    redactions: dict[str, int]
    escaped: bool = False


class _Member(Struct, frozen=True, kw_only=True):
    version: int
    encoding: str = ""
    report: str = ""


class _Tool(Struct, frozen=True, kw_only=True):
    version: str = ""


class _Document(Struct, frozen=True, kw_only=True):
    """What is looked at of a JSON report; msgspec passes over the rest without building it."""

    schema_version: str = ""
    result: str = ""  # only a comparison has one
    tool: _Tool = _Tool()
    saved: _Member | None = None


def save(redacted: RedactedReport) -> Json | None:
    """The member `saved` of the JSON; None where nobody could read it back, as of its size."""
    try:
        octets = _packed(redacted)
    except OverflowError:  # a number beyond 64 bits: a date far away, a counter of a HAR
        return None
    if len(octets) > SAVED_OCTETS:
        return None
    packed = b64encode(gzip.compress(octets, mtime=0)).decode()
    return {"version": VERSION, "encoding": ENCODING, "report": packed}


def _packed(redacted: RedactedReport) -> bytes:
    saved = _Saved(
        report=redacted.report, redaction=redacted.redaction, redactions=redacted.redactions
    )
    plain = to_builtins(saved, builtin_types=(bytes,))
    for session in plain["report"]["sessions"]:
        # A set has no order of its own, and the output must be the same each time.
        session["can_see"].sort()
    try:
        return msgpack.encode(plain)
    except UnicodeEncodeError:
        return msgpack.encode(_each_text(plain, _hidden) | {"escaped": True})


def load(octets: bytes, name: str, known: Mapping[str, RuleText]) -> RedactedReport:
    """
    The report that a JSON report holds.

    Args:
        octets: The JSON; more than SAVED_DOCUMENT_OCTETS are refused.
        name: Of the file, for the message.
        known: Rule id → its texts, as templates: of every rule that this program has. What the file
            says in the name of another is shown as captured.

    Raises:
        UsageError: It holds none that this program can read.
    """
    if len(octets) > SAVED_DOCUMENT_OCTETS:
        raise UsageError(f"{name}: larger than any JSON report that Stanzascope reads again")
    document = _document(octets, name)
    member = document.saved
    if member is None:
        raise UsageError(f"{name}: {_missing(document)}; read the recording again")
    if member.version > VERSION or member.encoding != ENCODING:
        raise UsageError(
            f"{name}: saved by a newer version of Stanzascope{_by(document)}; this is "
            f"{__version__}: install the newer one"
        )
    try:
        saved = _unpacked(member.report)
        wrong = fault(saved.report, saved.redactions)
        report = saved.report if wrong else _retold(saved.report, known)
        wrong = wrong or fault(report, saved.redactions)
    except (ValueError, zlib.error, MsgspecError, RecursionError) as error:
        wrong = str(error) or "nested too deeply"
    if wrong:
        raise UsageError(
            f"{name}: the report saved in it{_by(document)} cannot be read by {__version__}: "
            f"{wrong}; read the recording again"
        )
    return restored(report, saved.redaction, saved.redactions)


def _retold(report: Report, known: Mapping[str, RuleText]) -> Report:
    """The report with our own texts; those of other rules become values, as captured ones are."""
    found = {finding.rule_id for finding in report.findings}
    texts = {
        rule_id: known.get(rule_id, _STRANGE)
        for rule_id in report.texts
        if rule_id in known or rule_id in found
    }
    english = words("en")

    def told(finding: Finding) -> Finding:
        if texts.get(finding.rule_id) is not _STRANGE:
            return finding
        said = filled(finding, report.texts, english)
        return replace(finding, values={field: getattr(said, field) for field in FIELDS})

    return replace(report, texts=texts, findings=tuple(map(told, report.findings)))


_STRANGE: Final = RuleText(title="{title}", cause="{cause}", remedy="{remedy}", reference="")
"""What a rule says that this program does not have: nobody knows whose words they are."""


def _document(octets: bytes, name: str) -> _Document:
    try:
        # Halves of surrogate pairs, which msgspec refuses, stand in captured text only.
        # What looks like one may be a backslash, escaped, and letters: it stays as long as it was.
        document = _decoder.decode(_SURROGATE.sub(rb"\\u003f", octets))
    except (MsgspecError, RecursionError) as error:
        raise UsageError(
            f"{name}: no JSON report of Stanzascope ({error}); `stanzascope analyze -o json=FILE` "
            "writes one"
        ) from None
    if not document.schema_version:
        raise UsageError(
            f"{name}: no JSON report of Stanzascope; of a recording `stanzascope analyze` makes one"
        )
    return document


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")

_decoder = json.Decoder(_Document)


def _missing(document: _Document) -> str:
    if document.result:
        return "holds a comparison, and no saved report"
    if document.schema_version in _WITHOUT:
        return f"holds no saved report: written{_by(document)} before reports were saved"
    return f"holds no saved report{_by(document)}: it was too large, or taken out"


_WITHOUT = frozenset({"1.0", "1.1", "1.2"})
"""Versions of the schema that know no saved report."""


def _by(document: _Document) -> str:
    return f" by {document.tool.version[:20]}" if document.tool.version else ""


def _unpacked(text: str) -> _Saved:
    """
    What was saved.

    Raises:
        ValueError: It is too long, or no base64.
        zlib.error: It is no gzip.
        MsgspecError: It is no report.
    """
    unzip = zlib.decompressobj(wbits=31)
    octets = unzip.decompress(binascii.a2b_base64(text, strict_mode=True), SAVED_OCTETS)
    if not unzip.eof:
        raise ValueError(f"it is cut off, or unpacks to more than {SAVED_OCTETS:,} octets")
    saved = _reader.decode(octets)
    if not saved.escaped:
        return saved
    plain = to_builtins(saved, builtin_types=(bytes,))
    return convert(_each_text(plain, _shown), _Saved)


_reader = msgpack.Decoder(_Saved)


def _each_text(thing: Any, change: Callable[[str], str]) -> Any:
    """The same builtins, their strings changed."""
    match thing:
        case str():
            return change(thing)
        case list() | tuple():
            return [_each_text(part, change) for part in thing]
        case dict():
            return {change(key): _each_text(value, change) for key, value in thing.items()}
        case _:
            return thing


_ESCAPE: Final = "\U0010ffff"
_STANDS_FOR: Final = 0x10_0000 - 0xD800
"""From half of a surrogate pair to the character that stands for it, behind the escape."""


def _hidden(text: str) -> str:
    """The text without halves of surrogate pairs, which a HAR may hold (RFC 8259 section 8.2)."""
    return _HALF.sub(
        lambda m: _ESCAPE + (m[0] if m[0] == _ESCAPE else chr(ord(m[0]) + _STANDS_FOR)), text
    )


def _shown(text: str) -> str:
    return _HIDDEN.sub(lambda m: m[1] if m[1] == _ESCAPE else chr(ord(m[1]) - _STANDS_FOR), text)


_HALF = re.compile(f"[\ud800-\udfff{_ESCAPE}]")
_HIDDEN = re.compile(f"{_ESCAPE}([\U00100000-\U001007ff{_ESCAPE}])")
