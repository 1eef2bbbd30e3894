"""
People, their numbers and what is said of calls: what `--redact all` takes out besides secrets.

Hosts, addresses of machines and resources stay: without them nobody could act on a report.
"""

import re
from collections.abc import Iterable
from functools import partial
from ipaddress import ip_address

from .patterns import EQUALS, GT, LT, QUOTE, SecretKind
from .vault import Vault

_PERSON = (
    r"(?:first|last|given|family|full|display|nick|login|agent|supervisor|customer|user|caller)"
    r"[_-]?name|(?:login|user|agent|peripheral|customer|owner)[_-]?id|user|nick|surname|fn"
    r"|(?:e-?mail|customer|assigned)(?:[_-]?(?:address|to))?|authcid|authzid|authorization-identifier"
)
"""Names of fields of Finesse, XEP-0054, XEP-0172, XEP-0388 and of forms that hold a name."""

_NUMBER = (
    r"(?:from|to|media|pickup|callback)[_-]?address|(?:dialed|dialled|dial|calling|called|phone"
    r"|callback|outbound|customer|mobile|home|work|routing|account)[_-]?(?:number|phone)|ani|dnis"
    r"|extension|phone|mobile|telephone|tel|deviceid|msisdn"
)

_CALL_DATA = r"callvariable[0-9]{1,2}|wrap[_-]?up[_-]?(?:reason|items?|data|label)"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _fields(names: str) -> tuple[re.Pattern[str], ...]:
    """A field of one of these names: element, JSON member, attribute, form or query."""
    apostrophe = r"(?:'|&apos;|&amp;apos;|&\#39;)"
    return (
        _compiled(
            rf"{LT}(?:[\w.-]{{1,40}}:)?(?:{names})(?![\w.:-])(?:(?!{GT}|{LT}).){{0,1000}}(?<!/){GT}"
            rf"(?:<!\[CDATA\[)?(?P<secret>(?:(?!{LT}|\]\]>).)+)"
        ),
        _compiled(
            rf"{QUOTE}(?:{names}){QUOTE}\s{{0,8}}(?::|%3A)\s{{0,8}}"
            rf"(?:(?P<quote>{QUOTE})(?P<secret>.*?)(?=(?<!\\)(?P=quote)|\Z)"
            r"|(?P<bare>[\w+.-]+))"
        ),
        _compiled(
            rf"(?<![\w-])(?:{names})(?:{EQUALS})"
            rf"(?:(?P<quote>{QUOTE}|{apostrophe})(?P<secret>.*?)(?=(?P=quote)|\Z)"
            r"|(?P<bare>(?:(?!%26)[^&;,\s\"'<>\#\\\[(])+))"
        ),
        _compiled(
            rf"(?:{LT}name{GT}\s{{0,8}}(?:{names})\s{{0,8}}{LT}\\?/name{GT}\s{{0,40}}{LT}value{GT}"
            rf"|{QUOTE}name{QUOTE}\s{{0,8}}:\s{{0,8}}{QUOTE}(?:{names}){QUOTE}\s{{0,8}},\s{{0,8}}"
            rf"{QUOTE}value{QUOTE}\s{{0,8}}:\s{{0,8}}{QUOTE})(?P<secret>(?:(?!{LT}|{QUOTE}).)+)"
        ),
    )


_CALL_VALUES = (
    _compiled(rf"{LT}value{GT}(?:<!\[CDATA\[)?(?P<secret>(?:(?!{LT}|\]\]>).)+)"),
    _compiled(
        rf"{QUOTE}value{QUOTE}\s{{0,8}}:\s{{0,8}}(?P<quote>{QUOTE})"
        r"(?P<secret>.*?)(?=(?<!\\)(?P=quote)|\Z)"
    ),
)
"""Values beside a name, in a text that tells of call variables."""

_SLASH = r"(?:/|\\/|%2F|%252F)"

_PATH = _compiled(rf"{_SLASH}Users?{_SLASH}(?P<secret>(?:(?!%2F|%252F)[^/\\\s?#\"'<>&;,:@])+)")
"""Who a path of REST, or a node named like one, is about: `/finesse/api/User/1001/Dialogs`."""

_URI = _compiled(
    r"(?<![\w.])(?:tel|sips?|mailto)(?::|%3A)(?P<secret>(?:(?!%40)[\w.+*\#~!$()-]|%2B){1,64})"
)
"""RFC 3966, RFC 3261, RFC 6068."""

_ADDRESS = _compiled(
    r"(?:\\u[0-9a-f]{4}|\\[nrt]|%(?:25)?(?:2[0267CF]|3[BCDE]|0[9AD])|(?<![\w.%+\\~!$-]))"
    r"(?P<secret>(?:[\w.%+~!$-]|\\[0-9a-f]{2}){1,128}?)(?:@|%40|%2540|&\#64;)(?=[\w\[])"
)
"""A JID or an e-mail address; its domain stays."""

_E164 = re.compile(r"(?<![\w+./-])(?P<secret>(?:\+|%2B)[1-9](?:[ .()/-]{0,2}[0-9]){6,14})(?![\w])")

_BODY = _compiled(
    rf"{LT}(?:body|subject|status|thread)(?![\w.:-])(?:(?!{GT}|{LT}).){{0,1000}}(?<!/){GT}"
    rf"(?P<secret>(?:(?!{LT}).)+)"
)
"""What people write to each other (RFC 6121 sections 4.7.2.2 and 5.2)."""

_ALWAYS = (
    (SecretKind.PERSON, _PATH),
    (SecretKind.NUMBER, _URI),
    (SecretKind.PERSON, _ADDRESS),
    (SecretKind.NUMBER, _E164),
)

_NAMED = tuple(
    (kind, pattern)
    for kind, names in (
        (SecretKind.PERSON, _PERSON),
        (SecretKind.NUMBER, _NUMBER),
        (SecretKind.CALL_DATA, _CALL_DATA),
    )
    for pattern in _fields(names)
)

_SERVICES = frozenset({"finesse", "pubsub", "conference", "notification"})
"""What stands before an @ and is nobody."""

WHO = frozenset({"agent", "user", "authcid", "authzid"})
"""Fields that name somebody, by JID, or by the name alone."""


USER_HEADERS = ("-user", "-username", "-login", "-email", "remote-user", "-uid")
"""How names of fields end that say who is logged in; "from" is one of RFC 9110."""


class People:
    """Takes people out where they stand, and puts them into the vault."""

    def __init__(self, vault: Vault, services: Iterable[str] = ()) -> None:
        """
        Take them out by a vault.

        Args:
            vault: Keeps them.
            services: Local parts of JIDs that are nobody.
        """
        self._vault = vault
        self._services = _SERVICES | {name.casefold() for name in services}

    def text(self, text: str) -> str:
        """Patterns, on a string of unknown content."""
        for kind, pattern in _ALWAYS:
            text = pattern.sub(partial(self._taken, kind), text)
        if "=" in text or ":" in text or ";" in text or "<" in text:
            lower = text.lower()
            if "callvar" in lower:
                for pattern in _CALL_VALUES:
                    text = pattern.sub(partial(self._taken, SecretKind.CALL_DATA), text)
            for kind, pattern in _NAMED:
                text = pattern.sub(partial(self._taken, kind), text)
        return text

    def written(self, text: str) -> str:
        """A message or a presence, without what somebody wrote."""
        return _BODY.sub(partial(self._taken, SecretKind.TEXT), text)

    def who(self, name: str) -> str:
        """The field that names somebody: a JID, or a name alone; an address of a machine stays."""
        return name if "@" in name or _is_address(name) else self._person(SecretKind.PERSON, name)

    def remember(self, name: str) -> None:
        """Keep who is named in a session, so that it is found elsewhere."""
        local = name.split("/", 1)[0].rpartition("@")[0] or name
        if local.casefold() not in self._services and not _is_address(local):
            self._vault.remember_person(SecretKind.PERSON, local)

    def _person(self, kind: SecretKind, value: str) -> str:
        if value.strip().casefold() in self._services:
            return value
        if kind is SecretKind.NUMBER and not any(c.isdigit() for c in value):
            kind = SecretKind.PERSON
        return self._vault.take_person(kind, value)

    def _taken(self, kind: SecretKind, match: re.Match[str]) -> str:
        groups = match.groupdict()
        group = "secret" if groups["secret"] is not None else "bare"
        start, end = (at - match.start() for at in match.span(group))
        found = match[group]
        if kind in {SecretKind.PERSON, SecretKind.NUMBER}:
            left = self._person(kind, found)
        else:
            left = self._vault.take(kind, found)
        return f"{match[0][:start]}{left}{match[0][end:]}"


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
