"""Taking secrets out of a report: where they stand, then wherever else they stand."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from msgspec import Struct, structs

from ...model.comparison import Fact, FactKind
from ...model.http import Request, Response
from ...model.packed import unpack
from ...model.report import Report
from ...model.session import Session
from ...model.stream import StreamManagement
from ...model.xmpp import Auth, Stanza, StanzaKind, bare, local_part, resource_part
from .patterns import SASL_ELEMENT, SASL_INSIDE, SASL_REMAINS, SecretKind, kind_of_name, patterns
from .people import USER_HEADERS, WHO, People
from .transform import Transform, text_of
from .vault import Vault
from .wire import credentials, header_value, sasl_secrets, url_without_secrets

_T = TypeVar("_T")


class Eraser:
    """
    Takes out of anything what some reports hold of secrets.

    What only looks random is no secret to it. In reports of the recordings in fixtures 1,200
    different strings that do are left: ids of stanzas, items, requests and streams, hashes of
    entity capabilities, handshake keys. None is a secret, and each may be what a reader looks for.

    A secret that is told as such in one thing is taken out of another only if it was met before:
    whoever cleans a report piece by piece lets all pieces be looked at first, with `collect`.
    """

    def __init__(self, reports: Sequence[Report], *, people: bool = False) -> None:
        """
        Look into what reports say of themselves.

        Args:
            reports: Whole, as analysed.
            people: Names, numbers and what is said of calls are taken out too.
        """
        hosts = {name for report in reports for name in _hosts(report)}
        users = {name for report in reports for name in _users(report)}
        self._vault = Vault(hosts | users, hosts)
        self._people: People | None = None
        if people:
            sessions = [session for report in reports for session in report.sessions]
            peers = {peer for session in sessions for peer in session.profile.presence_peers}
            self._people = People(self._vault, peers)
        for report in reports:
            for session in report.sessions:
                self._meet(session)

    @property
    def vault(self) -> Vault:
        """What is secret, for those who clean what is no report."""
        return self._vault

    @property
    def people(self) -> People | None:
        """Who is to be taken out; None if people stay."""
        return self._people

    def collect(self, thing: object) -> None:
        """Look at something that is to be cleaned later, and keep what is secret in it."""
        counts = self._vault.counts.copy()
        _Walk(self._vault, self._people).walk(thing)
        self._vault.counts = counts

    def clean(self, thing: _T) -> _T:
        """The same thing without secrets: where they stand, then wherever else they stand."""
        return _Sweep(self._vault).walk(_Walk(self._vault, self._people).walk(thing))

    def counts(self) -> dict[str, int]:
        """How many of which kind were taken out."""
        found = self._vault.counts
        return {kind.value: found[kind] for kind in SecretKind if found[kind]}

    def _meet(self, session: Session) -> None:
        """Look into every SASL message, also those the report does not show."""
        if session.bosh is not None and session.bosh.sid is not None:
            # Who knows it, and the latest request id, can speak for the agent (XEP-0124 section
            # 19.3).
            self._vault.remember(SecretKind.TOKEN, session.bosh.sid)
        for stanza in chain(session.stanzas, unpack(session.packed)):
            payload = stanza.payload
            if isinstance(payload, StreamManagement) and payload.stream:
                self._vault.remember(SecretKind.TOKEN, payload.stream)
            elif stanza.kind in _SASL_KINDS:
                self._login(text_of(stanza.octets), (SASL_ELEMENT, *SASL_REMAINS))
            elif stanza.kind is StanzaKind.OTHER and b":sasl" in stanza.octets:
                self._login(text_of(stanza.octets), (SASL_INSIDE,))
            if self._people is not None and isinstance(payload, Auth):
                for name in (payload.authzid, payload.authcid):
                    self._people.remember(name or "")
        if self._people is not None:
            for name in (session.agent, session.jid):
                self._people.remember(name or "")

    def _login(self, text: str, patterns: Sequence[re.Pattern[str]]) -> None:
        for pattern in patterns:
            for match in pattern.finditer(text):
                sent, *within = sasl_secrets(match["secret"])
                self._vault.remember(SecretKind.SASL, sent)
                for secret in within:
                    self._vault.remember(SecretKind.PASSWORD, secret)


def _hosts(report: Report) -> Iterator[str]:
    for session in report.sessions:
        host = session.server.rsplit(":", 1)[0]
        yield from (host, *host.split("."), session.domain or "")
        yield from session.profile.presence_peers
        if session.tls is not None:
            yield session.tls.server_name or ""


def _users(report: Report) -> Iterator[str]:
    for session in report.sessions:
        for jid in (session.agent, session.jid):
            if jid:
                yield from (jid, bare(jid), local_part(jid), resource_part(jid))
        for stanza in session.stanzas:
            if isinstance(stanza.payload, Auth):
                yield from (stanza.payload.authzid or "", stanza.payload.authcid or "")


_SASL_KINDS = {
    StanzaKind.AUTH,
    StanzaKind.RESPONSE,
    StanzaKind.CHALLENGE,
    StanzaKind.SUCCESS,
    StanzaKind.MALFORMED,
}


_WRITTEN = {StanzaKind.MESSAGE, StanzaKind.PRESENCE}


class _Walk(Transform):
    """Takes secrets out where they stand, and puts them into the vault."""

    special = Transform.special | {"headers", "sid", "stream", "url", "see_other_uri"}

    def __init__(self, vault: Vault, people: People | None) -> None:
        super().__init__()
        self.vault = vault
        self.people = people
        if people is not None:
            self.special |= WHO

    def field(self, name: str, value: Any) -> Any:
        """Header lists, URLs and names of people are read for what they are."""
        match name:
            case "packed":
                return self.packed(value)
            case "headers":
                return tuple((self.text(key), self.header(key, text)) for key, text in value)
            case "sid" | "stream":
                return self.vault.take(SecretKind.TOKEN, value)
            case "url" | "see_other_uri":
                return self.text(url_without_secrets(value, self.vault))
            case _:
                return self.text(self.who(value))

    def who(self, name: str) -> str:
        """Somebody's name, or what stands for it."""
        return name if self.people is None else self.people.who(name)

    def header(self, name: str, value: str) -> str:
        """The value of a field of a message."""
        left = header_value(name, value, self.vault)
        return self.text(self.who(left) if name.lower().endswith(USER_HEADERS) else left)

    def struct(self, thing: Struct) -> Struct:
        """A stanza's octets are read by its kind; bodies and payloads nobody shows go."""
        if isinstance(thing, Stanza):
            if thing.octets and thing.kind in _SASL_KINDS:
                text = self.sasl(
                    text_of(thing.octets), whole=thing.kind is not StanzaKind.MALFORMED
                )
                thing = structs.replace(thing, octets=text.encode())
        elif isinstance(thing, Request | Response):
            thing = structs.replace(thing, body=b"")
        elif isinstance(thing, Fact) and thing.kind is FactKind.HEADER:
            values = (v and self.header(thing.name, v) for v in (thing.good, thing.bad))
            thing = structs.replace(thing, **dict(zip(("good", "bad"), values, strict=True)))
        left = super().struct(thing)
        if self.people is not None and isinstance(left, Stanza) and left.kind in _WRITTEN:
            # Only now: what is secret in a message must be known by itself.
            text = self.people.written(text_of(left.octets))
            left = structs.replace(left, octets=text.encode("utf-8", "backslashreplace"))
        return left

    def text(self, text: str) -> str:
        """Patterns, on a string of unknown content."""
        for kind, pattern in patterns(text):
            text = pattern.sub(partial(self._taken, kind), text)
        return text if self.people is None else self.people.text(text)

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
        if kind is SecretKind.PASSWORD or "cookie" in before.lower():
            kind = kind_of_name(before, kind)
        left = credentials(kind, match[group], self.vault)
        return f"{before}{left}{after}"


class _Sweep(Transform):
    """Takes out every other occurrence of a secret in the vault."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault

    def text(self, text: str) -> str:
        """The string without known secrets."""
        return self.vault.sweep(text)
