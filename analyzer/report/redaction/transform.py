"""Walking through all strings of a report, and making a new one with others."""

from abc import ABC, abstractmethod
from operator import is_
from typing import Any, TypeVar

from msgspec import Struct, structs

from ...model.flow import DirectionFacts
from ...model.packed import pack, unpack
from ...model.recording import Recording
from ...model.report import Report
from ...model.rule import Finding
from ...model.session import Session
from ...model.source import HarSource, PacketSource
from ...model.tls import Cadence, Certificate, RecordFacts
from ...model.websocket import Frame, FrameFacts, Opcode

_T = TypeVar("_T")

_KNOWN = 20_000
"""Strings remembered as clean, so that those of a hundred thousand stanzas do not pile up."""


class Transform(ABC):
    """Walks a tree of model types, and makes a new one with other strings."""

    kept: dict[type[Struct], frozenset[str]] = {
        Report: frozenset({"tool_version", "profile", "verdict", "texts", "rules_run", "skipped"}),
        Recording: frozenset({"sha256", "format", "profile"}),
        Finding: frozenset({"rule_id", "explained_by", "evidence"}),
        Session: frozenset({"profile", "can_see"}),
        Certificate: frozenset({"sha256"}),
    }
    """Fields that hold only words of ours."""

    wordless = frozenset(
        {PacketSource, HarSource, DirectionFacts, FrameFacts, RecordFacts, Cadence}
    )
    """Types that hold numbers and words of ours only; a report has thousands of them."""

    special = frozenset({"packed"})
    """Fields that are read for what they are."""

    def __init__(self) -> None:
        self._clean: set[str] = set()
        self._fields: dict[type[Struct], tuple[str, ...]] = {}
        self._same: set[type] = {*self.wordless, type(None), bool, int, float}
        """Types whose values stay as they are, those that were met among them."""

    def walk(self, thing: _T) -> _T:
        """The same thing, its strings transformed."""
        return self._walk(thing)  # type: ignore[no-any-return]

    def _walk(self, thing: Any) -> Any:
        kind = type(thing)
        if kind in self._same:
            return thing
        if kind is str:
            return self._text(thing)
        if isinstance(thing, Struct):
            return self.struct(thing)
        match thing:
            case bytes():
                octets = self.text(text_of(thing)).encode("utf-8", "backslashreplace")
                return thing if octets == thing else octets
            case tuple():
                parts = tuple([self._walk(part) for part in thing])
                # Equal would not do: True equals 1.
                return thing if all(map(is_, parts, thing)) else parts
            case dict():
                values = {key: self._walk(value) for key, value in thing.items()}
                return thing if all(map(is_, values.values(), thing.values())) else values
            case _:
                # A StrEnum is a word of ours.
                self._same.add(kind)
                return thing

    def struct(self, thing: Struct) -> Struct:
        """The same struct, its fields transformed."""
        if isinstance(thing, Frame):
            return self.frame(thing)
        kind = type(thing)
        fields = self._fields.get(kind)
        if fields is None:
            kept = self.kept.get(kind, frozenset())
            fields = self._fields[kind] = tuple(n for n in thing.__struct_fields__ if n not in kept)
        changes = {}
        for name in fields:
            old = getattr(thing, name)
            # Most fields of most structs: nothing, a number, or a string that was clean before.
            if not old or type(old) in self._same:
                continue
            if name in self.special:
                new = self.field(name, old)
            elif type(old) is str:
                new = old if old in self._clean else self._text(old)
            else:
                new = self._walk(old)
            if new is not old:
                changes[name] = new
        return structs.replace(thing, **changes) if changes else thing

    def packed(self, packs: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Packs of stanzas, transformed one at a time: they hold more than a report should."""
        return tuple(
            again
            for one in packs
            for again in pack([self._walk(stanza) for stanza in unpack([one])])
        )

    def frame(self, frame: Frame) -> Frame:
        """Of control frames only code and reason of a Close are shown (RFC 6455 section 5.5.1)."""
        payload = b""
        if frame.opcode == Opcode.CLOSE:
            payload = frame.payload[:2] + self.text(text_of(frame.payload[2:])).encode()
        return structs.replace(frame, payload=payload, masking_key=None)

    def field(self, name: str, value: Any) -> Any:  # noqa: ARG002 - for those who know more
        """The value of a special field, which is not empty, transformed."""
        return self.packed(value)

    def _text(self, text: str) -> str:
        # The same few names and words stand in every session: what is clean once stays so.
        if text in self._clean:
            return text
        found = self.text(text)
        if found == text:
            if len(self._clean) >= _KNOWN:
                self._clean.clear()
            self._clean.add(text)
            return text
        return found

    @abstractmethod
    def text(self, text: str) -> str:
        """The string that takes the place of a string."""


def text_of(octets: bytes) -> str:
    """Octets as captured, as text; what is no UTF-8 becomes escapes."""
    return octets.decode("utf-8", "backslashreplace")
