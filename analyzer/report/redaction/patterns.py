"""
What a secret looks like where nobody says that it is one: in XML, JSON, forms, URLs, header lines.

Every pattern holds a group `secret`, and matches in time linear in the text: repetitions are
bounded, or end at the first delimiter. What is cut off in the middle counts to its end.
"""

import re
from collections.abc import Iterator, Sequence
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
    PERSON = "person"
    NUMBER = "number"
    CALL_DATA = "call data"
    TEXT = "message text"


PEOPLE = frozenset({SecretKind.PERSON, SecretKind.NUMBER})
"""Kinds that keep a name to tell one from another: `person-1`, `number-1`."""


def _sign(itself: str, name: str, code: int) -> str:
    """Ways to write a sign: escaped for XML (up to three times), JSON or a URL (once or twice)."""
    number = rf"\#(?:0{{0,4}}{code}|x0{{0,4}}{code:x})"
    return rf"(?:{itself}|&(?:amp;){{0,2}}(?:{name}|{number});|\\u00{code:x}|%(?:25)?{code:x})"


def _quote(itself: str, name: str, code: int) -> str:
    """A sign that a string of JSON ends with, whatever it was escaped for before."""
    return rf"(?:\\{{0,8}}{_sign(itself, name, code)})"


LT = _sign("<", "lt", 60)
GT = _sign(">", "gt", 62)
QUOTE = _quote('"', "quot", 34)
APOSTROPHE = _quote("'", "apos", 39)
EQUALS = r"(?:(?P<coded>%(?:25)?3D)|\s{0,8}=\s{0,8}|&\#0{0,4}61;|:\s{1,8})"
_EQUALS = EQUALS.replace("?P<coded>", "?:")
VALUE = r"(?:(?(coded)(?!%(?:25)?26))(?!\]\]>)[^&;\s\"'<>\#\\\[])+"
"""A value without quotes behind `EQUALS`: an & that is escaped ends it where the = is, too."""

_WORDS = (
    r"passw(?:or)?[dt]|passphrase|passcode|passkey|pwd|secret|credential|token|jsessionid|csrf|xsrf"
    r"|verifier|(?:api|access|private|session|shared|master|encryption)[_-]?key"
    r"|auth(?:orization)?[_-]?code|saml(?:request|response|art)|relaystate|assertion|signature"
    r"|wachtwoord|contrase[n\u00f1]a|mot[ _-]?de[ _-]?passe|\u5bc6[\u7801\u78bc]|\u53e3\u4ee4"
)
"""Words of which a name holds a secret wherever they stand in it."""

_BEGINS = r"(?:(?<![^\W_])|(?-i:(?<=[a-z0-9])(?=[A-Z])))"
_ENDS = r"(?:(?![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))"
"""Where a part of a name begins and ends: at a sign, or where a capital follows a small letter."""

_OWNED = rf"(?:{_BEGINS}|(?<=user)|(?<=login)|(?<=agent)|(?<=admin)|(?<=new)|(?<=old)|(?<=my))"
_PASSWORD_PARTS = (
    rf"(?-i:(?=[PpOoTtHhCcSs]))(?:{_OWNED}p(?:w|in){_ENDS}|{_OWNED}[ht]?otp{_ENDS}"
    rf"|{_BEGINS}(?:creds?|senha){_ENDS})"
)
_LAST_WORD = r"(?-i:(?=[Pp]))(?<!by)(?<!com)(?<!tres)pass\d{0,3}(?![\w-])"
_TOKEN_PARTS = rf"(?-i:(?=[Jj])){_BEGINS}jwt{_ENDS}"
_TOKEN_LAST = (
    r"(?-i:(?=[SsTtBbPpCcNn]))"
    rf"(?:(?:{_BEGINS}session[ _-]?id|{_BEGINS}ticket|(?<=sso)ticket|(?<=login)ticket"
    rf"|{_BEGINS}(?:bearer|previd|c?nonce))\d{{0,3}}"
    r"|(?<![^\W_])(?:phps(?:ess)?id|sess?id|sid))(?![\w-])"
)
_PART = rf"(?:{_PASSWORD_PARTS}|{_TOKEN_PARTS})"
_LAST = rf"(?:{_LAST_WORD}|{_TOKEN_LAST})"
"""Words that are one only as a part of a name, or as its last: "shopping" holds a pin."""

_HEADERS = r"(?:proxy-)?authorization|(?:set-)?cookie2?"


def _named(sign: str, before: str = "") -> str:
    """The name of a secret, of a sort of signs; what may stand before these."""
    return rf"(?:{before}{sign}{{0,60}}?(?:(?:{_WORDS}|{_PART}){sign}{{0,60}}|{_LAST})|digest)"


_NAME = _named(r"[\w.:$@\[\]-]", r"(?:[\w.:$@\[\]-]{0,40}[ ]){0,2}?")
_TAG_NAME = _named(r"[\w.-]")

_HINT = re.compile(
    rf"{_WORDS}|pass|pin|otp|digest|session[ _-]?id|sid|previd|nonce"
    r"|authorization|cookie|basic|bearer|negotiate|ntlm|client_random|<\w*:?auth"
    r"|rsa (?:session|[0-9a-f])|xmpp.sasl|enabled|grant_type",
    re.IGNORECASE,
)
"""A text without any of these needs none of the patterns below: nearly all stanzas."""

_CORES = re.findall(
    r"\w+",
    "pass pwd pin otp secret credential token key session saml assertion signature digest auth"
    " cookie basic bearer negotiate ntlm client_random srf verifier relaystate sid previd"
    " nonce rsa sasl enabled grant_type contrase wachtwoord",
)
"""Letters that every hint holds one of: a search for each is faster than one for the expression."""


_RARE = re.compile(rf"(?:{_PART}|ticket)[\w.\]-]{{0,60}}(?:[\s\"'=:>\\&%]|\Z)", re.IGNORECASE)
_RARE_CORES = ("pw", "jwt", "cred", "ticket", "senha")
"""The same for short words, which stand in any base64: only as names they are hints."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


SASL_ELEMENT = _compiled(
    rf"(?:{LT}(?:[\w.-]{{1,40}}:)?(?P<name>auth|response|challenge|success)(?![\w.:-])"
    rf"(?:(?!{GT}|{LT}).){{0,1000}}(?<!/){GT})"
    rf"(?P<secret>.*?)(?={LT}\\?/(?:[\w.-]{{1,40}}:)?(?P=name)|\Z)"
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

_TO_END = rf".*?(?={LT}\\?/(?:[\w.-]{{1,40}}:)?"

_CHARACTERS = rf"(?:(?!{LT}).|{LT}!\[CDATA\[.*?(?:\]\]{GT}|\Z)|{LT}!--.*?(?:--{GT}|\Z))+"
"""Text before the first element in an element, also text that needs no escapes."""

SASL_INSIDE = _compiled(
    rf"{LT}(?:[\w.-]{{1,40}}:)?(?:(?P<name>initial-response|additional-data|task-data)"
    r"|(?P<sent>auth|challenge|response)|success|abort)(?![\w.:-])"
    rf"(?P<sasl>(?:(?!{GT}|{LT}|sasl).){{0,1000}}sasl)?(?:(?!{GT}|{LT}).){{0,1000}}(?<!/){GT}\s{{0,8}}"
    rf"(?![\ud800-\udfff])(?P<secret>(?(name){_TO_END}(?P=name)|\Z)"
    rf"|(?(sasl)(?(sent){_TO_END}(?P=sent)|\Z)|{_CHARACTERS})|[\w+/=.~\s-]+(?={LT}|\Z))))"
)
"""The same in other stanzas, and the elements of XEP-0388; half a character holds a clean one."""

_RESUMPTION = _compiled(
    rf"{LT}(?:[\w.-]{{1,40}}:)?enabled(?![\w.:-])(?:(?!{GT}|{LT}).){{0,1000}}?\sid=?{_EQUALS}?"
    rf"(?P<quote>{QUOTE}|{APOSTROPHE})(?P<secret>.*?)(?=(?P=quote)|\Z)"
)
"""What a client resumes its stream by (XEP-0198 section 5)."""

_ELEMENT = _compiled(
    rf"(?:{LT}(?:[\w.-]{{1,40}}:)?(?P<name>{_TAG_NAME})(?![\w.:-])"
    rf"(?:(?!{GT}|{LT}).)*(?<!/){GT})"
    rf"(?P<secret>.*?)(?={LT}\\?/(?:[\w.-]{{1,40}}:)?(?P=name)|\Z)"
)
"""`<password>…</password>`, jabber:iq:auth among them (XEP-0078), also escaped."""

_MEMBER = _compiled(
    rf"{QUOTE}(?:{_NAME}|{_HEADERS}){QUOTE}"
    rf"\s{{0,200}}(?::|%3A)\s{{0,200}}"
    rf"(?P<quote>{QUOTE})(?P<secret>.*?)(?=(?<!\\)(?P=quote)(?=\s{{0,8}}(?:[,}}\]&%]|\Z))|\Z)"
)
"""A member of a JSON object with a string value (RFC 8259 section 4)."""


def _nested(begin: str, end: str) -> str:
    """What stands in brackets, up to the last that is closed; never tried twice."""
    others = rf"[^\{begin}\{end}]"
    within = rf"\{begin}{others}*\{end}?"
    for _ in range(3):
        within = rf"\{begin}(?:{others}+|{within})*\{end}?"
    return within.removesuffix(rf"\{end}?")


_BARE_MEMBER = _compiled(
    rf"{QUOTE}{_NAME}{QUOTE}\s{{0,200}}:\s{{0,200}}(?!null|true|false)"
    rf"(?P<secret>{_nested('{', '}')}|{_nested('[', ']')}|[^\s,}}\]\"\\&<\[{{]+)"
)
"""The same with a number, an array or an object."""

_NAMED_MEMBER = _compiled(
    rf"{QUOTE}(?:name|key|var){QUOTE}\s{{0,8}}:\s{{0,8}}{QUOTE}(?:{_NAME}|{_HEADERS}){QUOTE}"
    rf"(?:\s{{0,8}},\s{{0,8}}{QUOTE}(?!value\W)[\w-]{{1,40}}{QUOTE}\s{{0,8}}:\s{{0,8}}"
    rf"(?:{QUOTE}(?:(?!{QUOTE}).){{0,200}}{QUOTE}|[\w.-]{{1,20}})){{0,4}}"
    rf"\s{{0,8}},\s{{0,8}}{QUOTE}value{QUOTE}\s{{0,8}}:\s{{0,8}}"
    rf"(?P<quote>{QUOTE})(?P<secret>.*?)(?=(?<!\\)(?P=quote)(?=\s{{0,8}}(?:[,}}\]&%]|\Z))|\Z)"
)
"""A name in one member and its value in the next, as a HAR writes fields and cookies."""

_VALUE_BEFORE = _compiled(
    rf"{QUOTE}value{QUOTE}\s{{0,8}}:\s{{0,8}}{QUOTE}(?P<secret>(?:(?!{QUOTE}).){{1,4000}}){QUOTE}"
    rf"\s{{0,8}},\s{{0,8}}{QUOTE}(?:name|key|var){QUOTE}\s{{0,8}}:\s{{0,8}}"
    rf"{QUOTE}(?:{_NAME}|{_HEADERS}){QUOTE}"
    rf"|\svalue{_EQUALS}(?P<quote>{QUOTE}|{APOSTROPHE})(?P<bare>(?:(?!{QUOTE}|{APOSTROPHE}).){{1,4000}})"
    rf"(?P=quote)\s{{1,8}}(?:name|var|key){_EQUALS}(?P=quote)(?:{_NAME}|{_HEADERS})(?P=quote)"
)
"""The value first, in JSON or in attributes."""

_NAMED_ELEMENT = _compiled(
    rf"(?:{LT}name{GT}\s{{0,8}}(?:{_NAME}|{_HEADERS})\s{{0,8}}{LT}\\?/name{GT}"
    rf"|\s(?:name|var|key){_EQUALS}(?:{QUOTE}|{APOSTROPHE})(?:{_NAME}|{_HEADERS})(?:{QUOTE}|{APOSTROPHE})"
    rf"(?:(?!{GT}|{LT}).){{0,1000}}(?<!/){GT})"
    rf"(?:\s{{0,40}}{LT}(?:required\s?/|desc(?:\s?/|{GT}(?:(?!{LT}).){{0,1000}}{LT}/desc)){GT}){{0,3}}"
    rf"\s{{0,40}}(?:{LT}value{GT})?(?!{LT})(?P<secret>.+?)(?={LT}\\?/|\Z)"
)
"""The same in elements: data forms (XEP-0004), upload slots (XEP-0363), `<name/><value/>`."""

_NAMED_ATTRIBUTE = _compiled(
    rf"\s(?:name|var|key){_EQUALS}(?:{QUOTE}|{APOSTROPHE})(?:{_NAME}|{_HEADERS})(?:{QUOTE}|{APOSTROPHE})"
    rf"\s{{1,8}}value{_EQUALS}(?P<quote>{QUOTE}|{APOSTROPHE})(?P<secret>.*?)(?=(?P=quote)|\Z)"
)
"""The same in two attributes."""

_LINE = r"(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n)"

_FORM_PART = _compiled(
    rf"\bname=(?:{QUOTE}{_NAME}{QUOTE}|{_TAG_NAME}(?=[\s;\\]))"
    rf"[^\r\n\\]{{0,200}}(?:{_LINE}[^\r\n\\]{{1,200}}){{0,8}}"
    rf"{_LINE}{_LINE}(?P<secret>.*?)(?={_LINE}--|\Z)"
)
"""A field of a form sent in parts (RFC 7578)."""

_PAIR = _compiled(
    rf"(?:(?:{_WORDS})[\w.\]-]{{0,60}}|{_PART}(?!==)[\w.\]-]{{0,60}}|{_LAST}(?!==)\]?"
    rf"|(?<![A-Za-z0-9])digest)(?:%(?:25)?5D)?{EQUALS}"
    rf"(?:(?P<quote>{QUOTE}|{APOSTROPHE})(?P<secret>.*?)(?=(?P=quote)|\Z)"
    rf"|(?P<bare>{VALUE}))"
)
"""`name=value` in a form, a query, a path parameter or an attribute."""

_PATH_PARAMETER = _compiled(
    r";jsessionid(?:sso)?=(?P<secret>(?:(?!%(?:25)?3F)[^?&;,\s\"'<>\#\\\[])+)"
)
"""What Tomcat writes into the path of a URL where cookies are off."""

_HEADER = _compiled(
    r"(?<![\w-])(?P<name>(?:proxy-)?authorization|(?:set-)?cookie)2?:[ \t]{0,8}"
    r"(?P<secret>(?:(?!\\{1,8}[\"nr])[^\r\n\"<])+)"
)
"""A header line inside other text."""

_SCHEME = _compiled(
    r"\b(?:basic|bearer|negotiate|ntlm)\s{1,8}"
    r"(?P<secret>(?-i:(?=[A-Za-z0-9+/=._~-]{0,400}[0-9A-Z=]))[A-Za-z0-9+/=._~-]{8,})"
)
"""Credentials behind the name of their scheme (RFC 7617, RFC 6750)."""

_DIGEST = _compiled(
    r"\bdigest\s{1,8}(?=(?:username|realm|nonce|cnonce|uri|qop|nc|response|algorithm)\s{0,8}=)"
    r"(?P<secret>[^\r\n<]+)"
)
"""Credentials or a challenge of RFC 7616 in other text."""

_IN_QUERY = (
    "code|state|ticket|sig|key|auth|sid|code_challenge|session_state|login_hint|id_token_hint"
)

QUERY = _compiled(
    rf"(?:[?&;]|&amp;|%(?:25)?3F|%(?:25)?26|\\u0026)(?:{_IN_QUERY})(?:=|(?P<coded>%(?:25)?3D))"
    rf"(?P<secret>{VALUE})"
)
"""What is a secret in a query only (RFC 6749 section 4.1), in a URL inside other text."""

_IN_URLS = ("?", "%3f", "&code=", "&state=", "code%3d", "state%3d", "u0026", "&amp;")
"""What a text with such a query holds one of."""

_GRANT = _compiled(
    rf"(?<![\w.-])code=(?P<secret>[^&;\s\"'<>\#\\]+)"
    rf"|{QUOTE}code{QUOTE}\s{{0,8}}:\s{{0,8}}(?P<quote>{QUOTE})(?P<bare>.*?)(?=(?<!\\)(?P=quote)|\Z)"
)
"""The code of an OAuth request for tokens, where `grant_type` says that it is one."""

_JWT_BEGINS = "eyJ"
"""RFC 7519: every header begins with `{"`, so its base64url with these letters."""

_JWT = re.compile(
    r"(?<![A-Za-z0-9_-])(?:(?!eyJ)[A-Za-z0-9_-])*"
    r"(?P<secret>eyJ[A-Za-z0-9_-]{5,}+(?:\.[A-Za-z0-9_-]*){1,4})"
)
"""Begins where a run of such letters does: a run without a dot is then read once, not per eyJ."""

_USERINFO = re.compile(
    r"://(?:[^/\s:@?#]{0,200}:"
    r"(?P<secret>[^/\s@?#]{1,200}(?:@[^/\s@?#\"'<>\\,;]{1,200}){0,3})(?=@)"
    r"|(?:(?<=http://)|(?<=https://)|(?<=ws://)|(?<=wss://)|(?<=HTTPS://)|(?<=WSS://))"
    r"(?P<bare>[^/\s:@?#\"'<>\\,;&]{1,200}(?:@[^/\s:@?#\"'<>\\,;&]{1,200}){0,3})(?=:?@))"
)
"""`user:password@` of a URL (RFC 3986 section 3.2.1), or a token alone."""

_KEY_LOG = re.compile(
    r"\b(?:[A-Z][A-Z0-9_]{5,40}(?:RANDOM|SECRET(?:_[0-9N])?) [0-9a-fA-F]{16,} "
    r"|RSA (?:Session-ID:)?[0-9a-fA-F]{16,64} (?:Master-Key:)?)(?P<secret>[0-9a-fA-F]{16,})"
)
"""A line of a TLS key log."""

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<secret>.*?)(?=-----END|\Z)", re.DOTALL
)

ALWAYS = (
    (SecretKind.KEY, _PRIVATE_KEY),
    (SecretKind.PASSWORD, _USERINFO),
)
"""Patterns that begin with fixed letters: cheap on any text."""

HINTED = (
    (SecretKind.KEY, _KEY_LOG),
    (SecretKind.AUTHORIZATION, _DIGEST),
    (SecretKind.AUTHORIZATION, _HEADER),
    (SecretKind.SASL, SASL_INSIDE),
    (SecretKind.TOKEN, _RESUMPTION),
    (SecretKind.PASSWORD, _ELEMENT),
    (SecretKind.PASSWORD, _MEMBER),
    (SecretKind.PASSWORD, _BARE_MEMBER),
    (SecretKind.PASSWORD, _NAMED_MEMBER),
    (SecretKind.PASSWORD, _VALUE_BEFORE),
    (SecretKind.PASSWORD, _NAMED_ELEMENT),
    (SecretKind.PASSWORD, _NAMED_ATTRIBUTE),
    (SecretKind.PASSWORD, _FORM_PART),
    (SecretKind.COOKIE, _PATH_PARAMETER),
    (SecretKind.PASSWORD, _PAIR),
    (SecretKind.AUTHORIZATION, _SCHEME),
)


def patterns(text: str) -> Iterator[tuple[SecretKind, re.Pattern[str]]]:
    """The patterns worth trying on a text."""
    lower = text.lower()
    if _JWT_BEGINS in text:
        yield SecretKind.JWT, _JWT
    yield from ALWAYS
    if _is_hinted(text, lower):
        yield from HINTED
    if "grant_type" in lower:
        yield SecretKind.TOKEN, _GRANT
    if _holds(lower, _IN_URLS):
        yield SecretKind.TOKEN, QUERY


def _is_hinted(text: str, lower: str) -> bool:
    # Letters beyond ASCII may count as others of the other case: only the expression knows them.
    if not text.isascii():
        return (_HINT.search(text) or _RARE.search(text)) is not None
    if _holds(lower, _CORES) and _HINT.search(text):
        return True
    for core in _RARE_CORES:
        at = lower.find(core)
        while at >= 0:
            if _RARE.match(text, at):
                return True
            at = lower.find(core, at + 1)
    return False


def _holds(text: str, cores: Sequence[str]) -> bool:
    # A loop, as `any` would take as long again: this is asked of every string of a report.
    for core in cores:  # noqa: SIM110
        if core in text:
            return True
    return False


def is_secret_name(name: str) -> bool:
    """Whether a field of that name holds a secret."""
    return _FIELD.fullmatch(name) is not None


_FIELD = _compiled(rf"{_NAME}|{_HEADERS}")


def kind_of_name(name: str, otherwise: SecretKind) -> SecretKind:
    """What a field of that name holds: a password is told from a token."""
    lower = name.lower()
    if "cookie" in lower or "jsessionid" in lower:
        return SecretKind.COOKIE
    if "authorization" in lower:
        return SecretKind.AUTHORIZATION
    if _OF_PASSWORDS.search(name):
        return SecretKind.PASSWORD
    return SecretKind.TOKEN if _OF_TOKENS.search(name) else otherwise


_OF_PASSWORDS = _compiled(
    rf"passw|passphrase|passcode|passkey|pwd|secret|credential|{_PASSWORD_PARTS}|{_LAST_WORD}"
    r"|wachtwoord|contrase[n\u00f1]a|mot[ _-]?de[ _-]?passe|\u5bc6[\u7801\u78bc]|\u53e3\u4ee4"
)
_OF_TOKENS = _compiled(
    r"token|key|saml|assertion|session|signature|csrf|xsrf|verifier|relaystate|sessid|previd|nonce"
    rf"|auth(?:orization)?[_-]?code|(?<![a-z])sid(?![a-z])|{_TOKEN_PARTS}|{_TOKEN_LAST}"
)
