"""
What a secret looks like where nobody says that it is one: in XML, JSON, forms, URLs, header lines.

Every pattern holds a group `secret`, and matches in time linear in the text: repetitions are
bounded, or end at the first delimiter. What is cut off in the middle counts to its end.
"""

import re
from enum import StrEnum


class SecretKind(StrEnum):
    """What stands in the place of a secret, and what redactions are counted by."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind, not a password
    SASL = "sasl exchange"
    AUTHORIZATION = "authorization"
    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105 - the name of a kind, not a password
    JWT = "jwt"
    KEY = "key"


# Ways to write < > " and = in text that was escaped for XML (once or twice), JSON or a URL.
_LT = r"(?:<|&lt;|&amp;lt;|&\#0{0,4}60;|\\u003c)"
_GT = r"(?:>|&gt;|&amp;gt;|&\#0{0,4}62;|\\u003e)"
_QUOTE = r"(?:\\{0,8}\"|&quot;|&amp;quot;|&\#0{0,4}34;|%22)"
_EQUALS = r"(?:\s{0,8}=\s{0,8}|%3D|&\#0{0,4}61;|:\s{1,8})"

_WORDS = (
    r"passw(?:or)?d|passphrase|passcode|secret|credential|token|api[_-]?key|jsessionid"
    r"|saml(?:request|response|art)|assertion|signature"
)
_SHORT = r"pwd|pass|pin|otp|digest|sessionid"
_NAME = rf"(?:[\w-]{{0,40}}?(?:{_WORDS})[\w-]{{0,20}}|{_SHORT})"

_HINT = re.compile(
    rf"{_WORDS}|{_SHORT}|authorization|cookie|basic|bearer|negotiate|ntlm|client_random|<\w*:?auth",
    re.IGNORECASE,
)
"""A text without any of these needs none of the patterns below: nearly all stanzas."""

_CORES = re.findall(
    r"\w+",
    "pass pwd pin otp secret credential token key session saml assertion signature digest auth"
    " cookie basic bearer negotiate ntlm client_random",
)
"""Letters that every hint holds one of: a search for each is faster than one for the expression."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


SASL_ELEMENT = _compiled(
    rf"(?:{_LT}(?:[\w.-]{{1,40}}:)?(?P<name>auth|response|challenge|success)(?![\w.:-])"
    rf"(?:(?!{_GT}|{_LT}).){{0,1000}}(?<!/){_GT})"
    rf"(?P<secret>.*?)(?={_LT}\\?/(?:[\w.-]{{1,40}}:)?(?P=name)|\Z)"
)
"""RFC 6120 section 6.4: base64 in `<auth/>`, `<response/>`, `<challenge/>`, `<success/>`."""

SASL_REMAINS = (
    _compiled(
        r"[\"'](?-i:PLAIN|LOGIN|EXTERNAL|NTLM|GSSAPI|(?:CRAM|DIGEST|SCRAM|GSS|GS2|HT|X)-[A-Z0-9_-]{1,20}"
        r"|OAUTHBEARER)[\"'][^<>]{0,200}>(?P<secret>[^<>]*)"
    ),
    _compiled(
        r"(?:\A|>)(?P<secret>[^<>]*)"
        r"(?=</(?:[\w.-]{1,40}:)?(?:auth|response|challenge|success)(?![\w.:-]))"
    ),
)
"""The same where packets with the beginning of the start tag were lost, or with all of it."""

_ELEMENT = _compiled(
    rf"(?:{_LT}(?:[\w.-]{{1,40}}:)?(?P<name>{_NAME})(?![\w.:-])"
    rf"(?:(?!{_GT}|{_LT}).){{0,1000}}(?<!/){_GT})"
    rf"(?P<secret>.*?)(?={_LT}\\?/(?:[\w.-]{{1,40}}:)?(?P=name)|\Z)"
)
"""`<password>…</password>`, jabber:iq:auth among them (XEP-0078), also escaped."""

_MEMBER = _compiled(
    rf"{_QUOTE}(?:{_NAME}|(?:proxy-)?authorization|(?:set-)?cookie){_QUOTE}"
    rf"\s{{0,8}}(?::|%3A)\s{{0,8}}"
    rf"(?P<quote>{_QUOTE})(?P<secret>.*?)(?=(?<!\\)(?P=quote)(?=\s{{0,8}}(?:[,}}\]&%]|\Z))|\Z)"
)
"""A member of a JSON object with a string value (RFC 8259 section 4)."""

_BARE_MEMBER = _compiled(
    rf"{_QUOTE}{_NAME}{_QUOTE}\s{{0,8}}:\s{{0,8}}(?!null|true|false)"
    r"(?P<secret>[\[{][^}\]]*|[^\s,}\]\"\\&<\[{]+)"
)
"""The same with a number, an array or an object."""

_PAIR = _compiled(
    rf"(?:(?:{_WORDS})[\w-]{{0,20}}|(?<![A-Za-z0-9])(?:{_SHORT})){_EQUALS}"
    rf"(?:(?P<quote>{_QUOTE}|'|&apos;)(?P<secret>.*?)(?=(?P=quote)|\Z)"
    r"|(?P<bare>(?:(?!%26)[^&;\s\"'<>\#\\\[])+))"
)
"""`name=value` in a form, a query, a path parameter or an attribute."""

_HEADER = _compiled(
    r"(?<![\w-])(?P<name>(?:proxy-)?authorization|(?:set-)?cookie)2?:[ \t]{0,8}"
    r"(?P<secret>[^\r\n\"<]+)"
)
"""A header line inside other text."""

_SCHEME = _compiled(
    r"\b(?:basic|bearer|negotiate|ntlm)\s{1,8}"
    r"(?P<secret>(?-i:(?=[A-Za-z0-9+/=._~-]{0,400}[0-9A-Z=]))[A-Za-z0-9+/=._~-]{8,})"
)
"""Credentials behind the name of their scheme (RFC 7617, RFC 6750)."""

_JWT_BEGINS = "eyJ"
"""RFC 7519: every header begins with `{"`, so its base64url with these letters."""

_JWT = re.compile(
    r"(?<![A-Za-z0-9_-])(?:(?!eyJ)[A-Za-z0-9_-])*"
    r"(?P<secret>eyJ[A-Za-z0-9_-]{5,}+(?:\.[A-Za-z0-9_-]*){1,4})"
)
"""Begins where a run of such letters does: a run without a dot is then read once, not per eyJ."""

_USERINFO = re.compile(r"://[^/\s:@?#]{0,200}:(?P<secret>[^/\s@?#]{1,200})(?=@)")
"""`user:password@` of a URL (RFC 3986 section 3.2.1)."""

_KEY_LOG = re.compile(
    r"\b[A-Z][A-Z0-9_]{5,40}(?:RANDOM|SECRET(?:_[0-9N])?) [0-9a-fA-F]{16,} "
    r"(?P<secret>[0-9a-fA-F]{16,})"
)
"""A line of a TLS key log."""

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?P<secret>.*?)(?=-----END|\Z)", re.DOTALL
)

ALWAYS = (
    (SecretKind.KEY, _PRIVATE_KEY),
    (SecretKind.PASSWORD, _USERINFO),
)
"""Patterns that begin with fixed letters: cheap on any text."""

HINTED = (
    (SecretKind.KEY, _KEY_LOG),
    (SecretKind.AUTHORIZATION, _HEADER),
    (SecretKind.AUTHORIZATION, _SCHEME),
    (SecretKind.PASSWORD, _ELEMENT),
    (SecretKind.PASSWORD, _MEMBER),
    (SecretKind.PASSWORD, _BARE_MEMBER),
    (SecretKind.PASSWORD, _PAIR),
)


def patterns(text: str) -> tuple[tuple[SecretKind, re.Pattern[str]], ...]:
    """The patterns worth trying on a text."""
    found = ALWAYS + HINTED if _is_hinted(text) else ALWAYS
    return ((SecretKind.JWT, _JWT), *found) if _JWT_BEGINS in text else found


def _is_hinted(text: str) -> bool:
    # Letters beyond ASCII may count as others of the other case: only the expression knows them.
    if text.isascii():
        lower = text.lower()
        if not any(core in lower for core in _CORES):
            return False
    return _HINT.search(text) is not None


def kind_of_name(name: str, otherwise: SecretKind) -> SecretKind:
    """What a field of that name holds: a password is told from a token."""
    lower = name.lower()
    if "cookie" in lower or "jsessionid" in lower:
        return SecretKind.COOKIE
    if "authorization" in lower:
        return SecretKind.AUTHORIZATION
    if any(word in lower for word in ("pass", "pwd", "pin", "otp", "secret", "credential")):
        return SecretKind.PASSWORD
    if any(word in lower for word in ("token", "key", "saml", "assertion", "session", "signature")):
        return SecretKind.TOKEN
    return otherwise
