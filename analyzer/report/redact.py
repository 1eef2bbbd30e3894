"""
Redaction: the only way from a report to anything that is written.

A renderer takes a `RedactedReport`, and only `redact` makes one. It works on values before they are
rendered, never on the rendered text: there a recording could choose a "secret" that is a piece of
our markup, and have it taken away.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import partial
from itertools import chain
from operator import is_
from typing import Any, ClassVar, Final, TypeVar

from msgspec import Struct, structs

from ..model.comparison import Comparison, Fact, FactKind
from ..model.flow import DirectionFacts
from ..model.http import Request, Response
from ..model.packed import pack, unpack
from ..model.recording import Recording
from ..model.report import Report
from ..model.rule import Finding
from ..model.session import Session
from ..model.source import HarSource, PacketSource
from ..model.tls import Cadence, Certificate, RecordFacts
from ..model.websocket import Frame, FrameFacts, Opcode
from ..model.xmpp import Auth, Stanza, StanzaKind, bare, local_part, resource_part
from .patterns import SASL_ELEMENT, SASL_REMAINS, SecretKind, kind_of_name, patterns
from .shorten import shorten, shorten_comparison
from .vault import Vault
from .wire import header_value, sasl_secrets, url_without_secrets

_T = TypeVar("_T")

_MAKER: Final = object()


class Redaction(StrEnum):
    """How much is taken out."""

    SECRETS = "secrets"
    """Credentials and tokens."""
    ALL = "all"
    """People and numbers too."""
    NONE = "none"
    """Nothing, as the user asked."""


class _Redacted:
    """
    What both redacted things share.

    Attributes:
        redaction: How much was taken out.
        redactions: How many of which kind were taken out.
    """

    __slots__ = ("redaction", "redactions")

    def __init__(self, maker: object, redaction: Redaction, redactions: dict[str, int]) -> None:
        """
        Only for this module.

        Raises:
            TypeError: Somebody else calls it.
        """
        if maker is not _MAKER:
            raise TypeError(f"only {self.made_by}() makes a {type(self).__name__}")
        self.redaction = redaction
        self.redactions = redactions

    made_by: ClassVar[str]

    @property
    def secrets_shown(self) -> bool:
        """Nothing was taken out."""
        return self.redaction is Redaction.NONE


class RedactedReport(_Redacted):
    """
    A report without secrets, cut down to what a report shows.

    Attributes:
        report: What is left of it; verdict, findings and evidence are as before.
    """

    __slots__ = ("report",)
    made_by = "redact"

    def __init__(
        self, maker: object, report: Report, redaction: Redaction, redactions: dict[str, int]
    ) -> None:
        """As of `_Redacted`."""
        super().__init__(maker, redaction, redactions)
        self.report = report


class RedactedComparison(_Redacted):
    """
    A comparison without secrets, cut down to what is shown of it.

    Attributes:
        comparison: What is left of it.
    """

    __slots__ = ("comparison",)
    made_by = "redact_comparison"

    def __init__(
        self,
        maker: object,
        comparison: Comparison,
        redaction: Redaction,
        redactions: dict[str, int],
    ) -> None:
        """As of `_Redacted`."""
        super().__init__(maker, redaction, redactions)
        self.comparison = comparison


def redact(report: Report, redaction: Redaction = Redaction.SECRETS) -> RedactedReport:
    """
    Take out passwords, tokens, cookies and SASL exchanges.

    Args:
        report: As analysed.
        redaction: How much; of NONE renderers mark their output.
    """
    short = shorten(report)
    if redaction is Redaction.NONE:
        return RedactedReport(_MAKER, short, redaction, {})
    eraser = Eraser([report])
    return RedactedReport(_MAKER, eraser.clean(short), redaction, eraser.counts())


def redact_comparison(
    comparison: Comparison, redaction: Redaction = Redaction.SECRETS
) -> RedactedComparison:
    """
    Take out what `redact` takes out; a secret of one recording also where the other holds it.

    Args:
        comparison: As compared, with the whole reports.
        redaction: How much; of NONE renderers mark their output.
    """
    short = shorten_comparison(comparison)
    if redaction is Redaction.NONE:
        return RedactedComparison(_MAKER, short, redaction, {})
    eraser = Eraser([comparison.good.report, comparison.bad.report])
    return RedactedComparison(_MAKER, eraser.clean(short), redaction, eraser.counts())


class Eraser:
    """Takes out of anything what some reports hold of secrets."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._vault = Vault(name for report in reports for name in _identities(report))
        for report in reports:
            for session in report.sessions:
                _collect(session, self._vault)

    def clean(self, thing: _T) -> _T:
        """The same thing without secrets: where they stand, then wherever else they stand."""
        return _Sweep(self._vault).walk(_Walk(self._vault).walk(thing))

    def counts(self) -> dict[str, int]:
        """How many of which kind were taken out."""
        found = self._vault.counts
        return {kind.value: found[kind] for kind in SecretKind if found[kind]}


def _identities(report: Report) -> Iterator[str]:
    for session in report.sessions:
        host = session.server.rsplit(":", 1)[0]
        jids = [jid for jid in (session.agent, session.jid, session.domain) if jid]
        yield from (host, *host.split("."), *jids)
        for jid in jids:
            yield from (bare(jid), local_part(jid), resource_part(jid))
        for stanza in session.stanzas:
            if isinstance(stanza.payload, Auth):
                yield from (stanza.payload.authzid or "", stanza.payload.authcid or "")
        yield from session.profile.presence_peers
        if session.tls is not None:
            yield session.tls.server_name or ""


def _collect(session: Session, vault: Vault) -> None:
    """Look into every SASL message, also those the report does not show."""
    if session.bosh is not None and session.bosh.sid is not None:
        # Who knows it, and the latest request id, can speak for the agent (XEP-0124 section 19.3).
        vault.remember(SecretKind.TOKEN, session.bosh.sid)
    for stanza in chain(session.stanzas, unpack(session.packed)):
        if stanza.kind in _SASL_KINDS:
            for pattern in (SASL_ELEMENT, *SASL_REMAINS):
                for match in pattern.finditer(_text(stanza.octets)):
                    sent, *within = sasl_secrets(match["secret"])
                    vault.remember(SecretKind.SASL, sent)
                    for secret in within:
                        vault.remember(SecretKind.PASSWORD, secret)


_SASL_KINDS = {
    StanzaKind.AUTH,
    StanzaKind.RESPONSE,
    StanzaKind.CHALLENGE,
    StanzaKind.SUCCESS,
    StanzaKind.MALFORMED,
}


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "backslashreplace")


_KNOWN = 20_000
"""Strings remembered as clean, so that those of a hundred thousand stanzas do not pile up."""


class _Transform(ABC):
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
                octets = self.text(_text(thing)).encode("utf-8", "backslashreplace")
                return thing if octets == thing else octets
            case tuple():
                parts = tuple([self._walk(part) for part in thing])
                # Equal would not do: True equals 1.
                return thing if all(map(is_, parts, thing)) else parts
            case dict():
                return {key: self._walk(value) for key, value in thing.items()}
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
            if type(old) in self._same:
                continue
            new = self.packed(old) if name == "packed" else self.field(name, old)
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
            payload = frame.payload[:2] + self.text(_text(frame.payload[2:])).encode()
        return structs.replace(frame, payload=payload, masking_key=None)

    def field(self, name: str, value: Any) -> Any:  # noqa: ARG002 - for those who need it
        """The value of a field, transformed."""
        return self._walk(value)

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


class _Walk(_Transform):
    """Takes secrets out where they stand, and puts them into the vault."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault

    def field(self, name: str, value: Any) -> Any:
        """Header lists and URLs are read for what they are."""
        match name:
            case "headers":
                return tuple(
                    (self.text(key), self.text(header_value(key, text, self.vault)))
                    for key, text in value
                )
            case "sid" if isinstance(value, str):
                return self.vault.take(SecretKind.TOKEN, value)
            case "url" | "see_other_uri" if isinstance(value, str):
                return self.text(url_without_secrets(value, self.vault))
            case _:
                return self._walk(value)

    def struct(self, thing: Struct) -> Struct:
        """A stanza's octets are read by its kind; bodies and payloads nobody shows go."""
        if isinstance(thing, Stanza):
            if thing.octets and thing.kind in _SASL_KINDS:
                text = self.sasl(_text(thing.octets), whole=thing.kind is not StanzaKind.MALFORMED)
                thing = structs.replace(thing, octets=text.encode())
        elif isinstance(thing, Request | Response):
            thing = structs.replace(thing, body=b"")
        elif isinstance(thing, Fact) and thing.kind is FactKind.HEADER:
            values = (
                v and header_value(thing.name, v, self.vault) for v in (thing.good, thing.bad)
            )
            thing = structs.replace(thing, **dict(zip(("good", "bad"), values, strict=True)))
        return super().struct(thing)

    def text(self, text: str) -> str:
        """Patterns, on a string of unknown content."""
        for kind, pattern in patterns(text):
            text = pattern.sub(partial(self._taken, kind), text)
        return text

    def sasl(self, text: str, *, whole: bool) -> str:
        """A SASL message without its content; `whole`: nothing else can be in it."""
        found = SASL_ELEMENT.sub(partial(self._taken, SecretKind.SASL), text)
        if whole and SASL_ELEMENT.search(text) is None:
            # No start tag that can be told apart, or none but an empty one: keep nothing behind it.
            head, bracket, rest = text.partition(">") if text.startswith("<") else ("", "", text)
            return f"{head}{bracket}{self.vault.take(SecretKind.SASL, rest)}"
        for pattern in () if whole else SASL_REMAINS:
            found = pattern.sub(partial(self._taken, SecretKind.SASL), found)
        return found

    def _taken(self, kind: SecretKind, match: re.Match[str]) -> str:
        group = "secret" if match["secret"] is not None else "bare"
        start, end = match.span(group)
        before = match[0][: start - match.start()]
        after = match[0][end - match.start() :]
        if kind is SecretKind.PASSWORD:
            kind = kind_of_name(before, kind)
        return f"{before}{self.vault.take(kind, match[group])}{after}"


class _Sweep(_Transform):
    """Takes out every other occurrence of a secret in the vault."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault

    def text(self, text: str) -> str:
        """The string without known secrets."""
        return self.vault.sweep(text)
