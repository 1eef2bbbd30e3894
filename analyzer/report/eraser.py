"""Taking secrets out of a report: where they stand, then wherever else they stand."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from msgspec import Struct, structs

from ..model.comparison import Fact, FactKind
from ..model.http import Request, Response
from ..model.packed import unpack
from ..model.report import Report
from ..model.session import Session
from ..model.xmpp import Auth, Stanza, StanzaKind, bare, local_part, resource_part
from .patterns import SASL_ELEMENT, SASL_REMAINS, SecretKind, kind_of_name, patterns
from .transform import Transform, text_of
from .vault import Vault
from .wire import header_value, sasl_secrets, url_without_secrets

_T = TypeVar("_T")


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
                for match in pattern.finditer(text_of(stanza.octets)):
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


class _Walk(Transform):
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
                text = self.sasl(
                    text_of(thing.octets), whole=thing.kind is not StanzaKind.MALFORMED
                )
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


class _Sweep(Transform):
    """Takes out every other occurrence of a secret in the vault."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self.vault = vault

    def text(self, text: str) -> str:
        """The string without known secrets."""
        return self.vault.sweep(text)
