"""
People, their numbers and what is said of calls: what `--redact all` takes out besides secrets.

Hosts, addresses of machines and resources stay: without them nobody could act on a report.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, partial
from ipaddress import ip_address

from .nested import WRITTEN, Told, in_elements, in_objects, written
from .patterns import APOSTROPHE, EQUALS, GT, LT, PEOPLE, QUOTE, SecretKind
from .vault import PSEUDONYM, Vault

_PEOPLE = (
    "firstname lastname givenname familyname surname fullname displayname nickname nick fn"
    " loginname loginid username userid user agentname agentid supervisorname supervisorid"
    " peripheralid customername customerid customer callername owner email emailaddress mail"
    " assignedto authcid authzid authorizationidentifier"
)

_NUMBERS = (
    "fromaddress toaddress mediaaddress pickupaddress callbackaddress ani dnis extension"
    " dialednumber dialnumber diallednumber callingnumber callednumber phonenumber phone"
    " callbacknumber outboundnumber customernumber mobilenumber mobile mobilephone homephone"
    " workphone routingnumber accountnumber telephone tel deviceid msisdn"
)

_CALLS = "wrapupreason wrapupreasons wrapupitem wrapupitems wrapupdata wrapuplabel"

_NAMES = {
    **dict.fromkeys(_PEOPLE.split(), SecretKind.PERSON),
    **dict.fromkeys(_NUMBERS.split(), SecretKind.NUMBER),
    **dict.fromkeys(_CALLS.split(), SecretKind.CALL_DATA),
    **{f"callvariable{number}": SecretKind.CALL_DATA for number in range(21)},
}
"""Names of fields of Finesse, XEP-0054, XEP-0172, XEP-0388 and of forms, without - and _."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Only where people are to go: compiling takes longer than starting does."""
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_LETTERS = rf"(?:[^<&\\%\]]|(?!{LT}|\]\]>)[&\\%\]])"
"""Anything but the beginning of a tag."""

_MEMBERS = ('":', '" :', "quot;:", "quot; :", "#34;:", "%22:", "%22%3a", '"\n:')
"""A text with a member holds one of these."""

_NAME_BEFORE = r"(?:\A|%26|%3F|%22|[^\w-])(?P<name>[A-Za-z][\w-]{1,40})\Z"
"""The name of an attribute, or of a field of a form or a query."""

_ENDS = (
    *("name", "id", "user", "nick", "fn", "customer", "owner", "mail", "to", "identifier"),
    *("address", "number", "phone", "mobile", "ani", "dnis", "extension", "tel", "msisdn"),
    *("reason", "reasons", "item", "items", "data", "label", *"0123456789"),
)
"""How the names end: most of what stands before a sign of equality is told apart by that."""

_QUOTED = rf"(?P<quote>{QUOTE}|{APOSTROPHE})(?P<secret>.*?)(?=(?<!\\)(?P=quote)|\Z)"
_BARE = r"(?P<secret>[^&;,\s\"'<>\#\\\[\]({)}]+)"
_BARE_IN_URL = r"(?P<secret>(?:(?!%(?:25)?26)[^&;,\s\"'<>\#\\\[\]({)}])+)"

_NAMED = (
    rf"(?:{LT}name{GT}\s{{0,8}}(?P<name>[\w.-]{{2,40}})\s{{0,8}}{LT}\\?/name{GT}\s{{0,40}}"
    rf"{LT}value{GT}|{QUOTE}name{QUOTE}\s{{0,8}}:\s{{0,8}}{QUOTE}(?P<key>[\w.-]{{2,40}}){QUOTE}"
    rf"\s{{0,8}},\s{{0,8}}{QUOTE}value{QUOTE}\s{{0,8}}:\s{{0,8}}{QUOTE})"
    rf"(?P<secret>(?:(?!{LT}|{QUOTE}).)+)"
)
"""A name beside its value."""

_NAMED_VALUES = ("value>", "value&", 'value"', "value\\", "value%")
"""A text with such a pair holds one of these."""

_CALL_VALUES = (
    rf"{LT}value{GT}(?:<!\[CDATA\[)?(?P<secret>{_LETTERS}+)",
    (
        rf"{QUOTE}value{QUOTE}\s{{0,8}}:\s{{0,8}}(?P<quote>{QUOTE})"
        r"(?P<secret>.*?)(?=(?<!\\)(?P=quote)|\Z)"
    ),
)
"""Values beside a name, in a text that tells of call variables."""

_SLASH = r"(?:/|\\/|%2F|%252F)"

_PATH = rf"{_SLASH}Users?{_SLASH}(?P<secret>(?:(?!%2F|%252F)[^/\\\s?#\"'<>&;,:@])+)"
"""Who a path of REST, or a node named like one, is about: `/finesse/api/User/1001/Dialogs`."""

_URI = r"(?<![\w.])(?:tel|sips?|mailto)(?::|%3A)(?P<secret>(?:(?!%40)[\w.+*\#~!$()-]|%2B){1,64})"
"""RFC 3966, RFC 3261, RFC 6068."""

_SCHEMES = ("tel:", "sip:", "sips:", "mailto:", "tel%3a", "sip%3a", "sips%3a", "mailto%3a")
"""A text with such a URI holds one of these."""

_AT = r"(?:@|%40|%2540|&\#(?:0{0,4}64|x0{0,4}40);)(?=[\w\[])"
"""In a JID or an e-mail address; its domain stays."""

_LOCAL = r"(?:[\w.%+~!$-]|(?<=\w)(?:['#]|&apos;|&\#39;)(?=\w)|\\[0-9a-fnrtu]{1,5}){1,128}\Z"

_ESCAPE = r"\\u[0-9a-f]{4}|\\[nrt]|%(?:25)?(?:2[0267CF]|3[A-F]|0[9AD])"
"""What is no letter of a name: of it only what stands behind is one."""

_E164 = (
    r"(?P<secret>(?:\+|%2B)(?<![\w+./-]\+)(?<![\w+./-]%2B)[1-9](?:[ .()/-]{0,2}[0-9]){6,14})(?!\w)"
)
"""E.123; the sign comes first in the expression, so that it is looked for fast."""

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
        lower = text.lower()
        if "user" in lower:
            text = self._without(SecretKind.PERSON, _PATH, text)
        if any(scheme in lower for scheme in _SCHEMES):
            text = self._without(SecretKind.NUMBER, _URI, text)
        if "@" in text or "%40" in text or "%2540" in text or "#" in text:
            text = self._addresses(text)
        if "+" in text or "%2b" in lower:
            text = self._without(SecretKind.NUMBER, _E164, text)
        if "callvar" in lower:
            for pattern in _CALL_VALUES:
                text = self._without(SecretKind.CALL_DATA, pattern, text)
        if "<" in text or "lt;" in lower or "\\u003c" in lower:
            text = self._told(in_elements(text, _kind), text)
        if any(colon in lower for colon in _MEMBERS):
            text = self._values(_members(text), text)
        if "=" in text or ": " in text or "%3d" in lower:
            text = self._values(_pairs(text), text)
        if any(value in lower for value in _NAMED_VALUES):
            text = _compiled(_NAMED).sub(self._named, text)
        return text

    def written(self, text: str) -> str:
        """A message or a presence, without what somebody wrote."""
        lower = text.lower()
        return self._told(written(text), text) if any(n in lower for n in WRITTEN) else text

    def who(self, name: str) -> str:
        """The field that names somebody: a JID, or a name alone; an address of a machine stays."""
        return name if "@" in name or _is_address(name) else self._person(SecretKind.PERSON, name)

    def remember(self, name: str) -> None:
        """Keep who is named in a session, so that it is found elsewhere."""
        local = name.split("/", 1)[0].rpartition("@")[0] or name
        if local.casefold() in self._services or _is_address(local):
            return
        if not PSEUDONYM.fullmatch(local):
            self._vault.remember_person(SecretKind.PERSON, local)

    def _person(self, kind: SecretKind, value: str) -> str:
        if value.strip().casefold() in self._services:
            return value
        if kind is SecretKind.NUMBER and not any(c.isdigit() for c in value):
            kind = SecretKind.PERSON
        return self._vault.take_person(kind, value)

    def _without(self, kind: SecretKind, pattern: str, text: str) -> str:
        return _compiled(pattern).sub(partial(self._taken, kind), text)

    def _addresses(self, text: str) -> str:
        """JIDs and e-mail addresses: looked for from the @, as any word may begin one."""
        pieces, done = [], 0
        for at in _compiled(_AT).finditer(text):
            local = _compiled(_LOCAL).search(
                text, max(done, at.start() - _LONGEST_LOCAL), at.start()
            )
            name = local and _compiled(_ESCAPE).split(local[0])[-1]
            if name:
                pieces += [
                    text[done : at.start() - len(name)],
                    self._person(SecretKind.PERSON, name),
                ]
                done = at.start()
        return "".join([*pieces, text[done:]])

    def _told(self, found: Iterator[Told], text: str) -> str:
        """Without what was found in it."""
        pieces, done = [], 0
        for kind, begin, end in found:
            pieces += [text[done:begin], self._left(kind, text[begin:end])]
            done = end
        return "".join([*pieces, text[done:]]) if pieces else text

    def _values(self, heads: Iterator[tuple[Told, bool]], text: str) -> str:
        """What stands behind names: a value is read only for one that counts, as values nest."""
        pieces, done = [], 0
        for (kind, begin, end), coded in heads:
            span = begin, end
            if begin < done:
                continue
            if begin == end:
                bare = _BARE_IN_URL if coded else _BARE
                value = _compiled(_QUOTED).match(text, begin) or _compiled(bare).match(text, begin)
                if value is None:
                    continue
                span = value.span("secret")
            pieces += [text[done : span[0]], self._left(kind, text[slice(*span)])]
            done = span[1]
        return "".join([*pieces, text[done:]]) if pieces else text

    def _named(self, match: re.Match[str]) -> str:
        """A field, by its name."""
        groups = match.groupdict()
        kind = _kind(groups["name"] or groups["key"])
        return match[0] if kind is None else self._taken(kind, match)

    def _taken(self, kind: SecretKind, match: re.Match[str]) -> str:
        start, end = (at - match.start() for at in match.span("secret"))
        return f"{match[0][:start]}{self._left(kind, match['secret'])}{match[0][end:]}"

    def _left(self, kind: SecretKind, value: str) -> str:
        return self._person(kind, value) if kind in PEOPLE else self._vault.take(kind, value)


def _members(text: str) -> Iterator[tuple[Told, bool]]:
    """What members of objects tell, and False."""
    for told in in_objects(text, _kind):
        yield told, False


def _pairs(text: str) -> Iterator[tuple[Told, bool]]:
    """Where values behind a sign of equality begin, and whether it is of a URL."""
    lower = text.lower()
    for match in _compiled(EQUALS).finditer(text):
        end = match.start()
        # Lower case may be longer than what it stands for: then every name is looked at.
        if len(lower) == len(text) and not lower.endswith(_ENDS, max(end - 42, 0), end):
            continue
        name = _compiled(_NAME_BEFORE).search(text, max(end - 45, 0), end)
        kind = name and _kind(name["name"])
        if kind:
            yield (kind, match.end(), match.end()), match["coded"] is not None


@lru_cache(4_096)
def _kind(name: str) -> SecretKind | None:
    """What a field of that name holds; None if it is about nobody."""
    return _NAMES.get(name.lower().replace("-", "").replace("_", ""))


_LONGEST_LOCAL = 140
"""Letters of a local part that are looked at (and what escapes one before it)."""


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
