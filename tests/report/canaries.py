"""
A thousand secrets, each of them unique, and recordings full of them.

A canary is planted where a protocol or a form says that a secret stands, written as that place
wants it, and once more where nothing says so, in one of the usual encodings. Looking for them is
left to `sung`, which knows nothing of how the analyzer looks for secrets.
"""

import base64
import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote

HEAD, TAIL = "kAn7aRi2", "qW5eXi9T"
"""How a secret canary begins and ends: half of one is a leak too."""

WHO_HEAD, WHO_TAIL = "hUm4nBe1", "zP6rS0nX"
"""The same for people."""

DIGITS = "731377"
"""What every canary of a number holds."""


def b64(octets: bytes | str) -> str:
    return base64.b64encode(octets.encode() if isinstance(octets, str) else octets).decode()


def xml(text: str) -> str:
    return html.escape(text, quote=True)


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def in_url(text: str) -> str:
    return quote(text, safe="")


def raw(text: str) -> str:
    return text


ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": raw,
    "base64": b64,
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 of more": lambda text: b64(f"x:{text}:y"),
    "url": in_url,
    "xml": xml,
    "xml twice": lambda text: xml(xml(text)),
    "json": in_json,
    "json twice": lambda text: in_json(in_json(text)),
    "hex": lambda text: text.encode().hex(),
}

JWT_HEAD = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")

FORMS: tuple[tuple[Callable[[str], str], str], ...] = (
    # XML
    (xml, "<password>{}</password>"),
    (xml, "<ns:accessToken xmlns:ns='urn:x'>{}</ns:accessToken>"),
    (xml, "<digest>{}</digest>"),
    (xml, "<field var='password' type='text-private'><value>{}</value></field>"),
    (xml, "<name>apiKey</name><value>{}</value>"),
    (xml, "<token xmlns='urn:xmpp:fast:0' token='{}' expiry='2026-01-05T08:00:00Z'/>"),
    (xml, "<resume xmlns='urn:xmpp:sm:3' previd='{}' h='1'/>"),
    (xml, "<enabled xmlns='urn:xmpp:sm:3' id='{}' resume='true'/>"),
    (xml, '<header name="Authorization">Bearer {}</header>'),
    (xml, "<saml:Assertion xmlns:saml='urn:s'>{}</saml:Assertion>"),
    (xml, "<SAMLResponse>{}</SAMLResponse>"),
    (xml, "<user name='x' passcode=\"{}\"/>"),
    (xml, "<body xmlns='http://jabber.org/protocol/httpbind' rid='9' sid='{}'/>"),
    (b64, "<initial-response xmlns='urn:xmpp:sasl:2'>{}</initial-response>"),
    (b64, "<sasl:auth xmlns:sasl='urn:ietf:params:xml:ns:xmpp-sasl'>{}</sasl:auth>"),
    # JSON
    (in_json, '{{"user":"a","password":"{}","state":"READY"}}'),
    (in_json, '{{"access_token": "{}", "expires_in": 3600}}'),
    (in_json, '{{"refresh_token": "{}"}}'),
    (in_json, '{{"id_token": "{}"}}'),
    (in_json, '{{"cookies":[{{"name":"JSESSIONID","value":"{}","path":"/"}}]}}'),
    (in_json, '{{"headers":[{{"name":"X-Csrf-Token","value":"{}"}}]}}'),
    (in_json, '{{"Authorization":"Bearer {}"}}'),
    (in_json, '{{"clientSecret":"{}"}}'),
    (in_json, '{{"grant_type":"authorization_code","code":"{}"}}'),
    # forms and URLs
    (in_url, "j_username=a&j_password={}&submit=1"),
    (in_url, "grant_type=authorization_code&code={}&redirect_uri=x"),
    (in_url, "code_verifier={}&client_id=desktop"),
    (in_url, "SAMLResponse={}&a=b"),
    (in_url, "RelayState={}&a=b"),
    (in_url, "https://idp.example.test/cb?code={}&locale=en"),
    (in_url, "https://idp.example.test/cb?session_state=1&state={}"),
    (in_url, "https://idp.example.test/#access_token={}&token_type=bearer"),
    (in_url, "https://finesse.example.test/desktop;jsessionid={}?locale=en"),
    (in_url, "https://agent:{}@finesse.example.test/"),
    # field lines
    (raw, "Authorization: Bearer {}\r\nHost: a"),
    (lambda text: b64(f"agent:{text}"), "Authorization: Basic {}\r\nHost: a"),
    (lambda text: b64(f"NTLMSSP\0{text}"), "Authorization: NTLM {}\r\n"),
    (lambda text: b64(f"\x60\x82{text}"), "WWW-Authenticate: Negotiate {}\r\n"),
    (raw, 'Authorization: Digest username="a", response="{}", nc=1\r\n'),
    (raw, "Cookie: JSESSIONID={}; x=y\r\n"),
    (raw, "Set-Cookie: JSESSIONIDSSO={}; Path=/; Secure\r\n"),
    (raw, "X-Api-Key: {}\r\n"),
    (raw, "X-XSRF-Token: {}\r\n"),
    # by its look
    (lambda text: base64.urlsafe_b64encode(json.dumps({"sub": text}).encode()).decode(),
     "jwt " + JWT_HEAD + ".{}.c2ln"),
    (lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
     "jwt " + JWT_HEAD + ".eyJzdWIiOiIxIn0.{}"),
    (lambda text: text.encode().hex(), "CLIENT_RANDOM " + "0f" * 32 + " {}"),
    (lambda text: text.encode().hex(), "SERVER_TRAFFIC_SECRET_0 " + "0e" * 32 + " {}"),
    (b64, "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----"),
    (raw, 'Content-Disposition: form-data; name="password"\r\n\r\n{}\r\n--b--'),
)  # fmt: skip
"""How a secret is written, and what stands around it."""

PEOPLE: tuple[tuple[Callable[[str], str], str], ...] = (
    (xml, "<firstName>{}</firstName>"),
    (xml, "<loginId>{}</loginId>"),
    (in_json, '{{"lastName":"{}"}}'),
    (in_json, '{{"loginName": "{}"}}'),
    (in_url, "userName={}&a=b"),
    (raw, "/finesse/api/User/{}/Dialogs"),
    (raw, "{}@finesse.example.test/desktop"),
    (raw, "write to {}@example.com"),
    (xml, "<CallVariable><name>callVariable1</name><value>{}</value></CallVariable>"),
    (in_json, '{{"CallVariable":[{{"name":"user.Customer","value":"{}"}}]}}'),
    (xml, "<wrapUpReason>{}</wrapUpReason>"),
    (raw, "sip:{}@pbx.example.test"),
    (xml, "<nick xmlns='http://jabber.org/protocol/nick'>{}</nick>"),
)

NUMBERS: tuple[tuple[Callable[[str], str], str], ...] = (
    (raw, "<fromAddress>{}</fromAddress>"),
    (raw, "<toAddress>{}</toAddress>"),
    (raw, '{{"dialedNumber":"{}"}}'),
    (raw, '{{"extension":{}}}'),
    (raw, "<DNIS>{}</DNIS>"),
    (raw, "call tel:{} now"),
    (lambda text: f"+{text}", "call {} now"),
    (raw, "<a ANI='{}'/>"),
)


@dataclass
class Aviary:
    """
    Breeds canaries, and tells how each was written.

    Attributes:
        numbers: Goes up with each.
        secrets: Those bred, as they are.
        echoes: The same, each in one of the encodings.
    """

    numbers: Iterator[int] = field(default_factory=lambda: count(1000))
    secrets: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    echoes: list[str] = field(default_factory=list)

    def secret(self, *, token: bool = False, echo: bool = True) -> str:
        """
        A new one.

        Args:
            token: Made of letters that stand for themselves anywhere.
            echo: It is planted again, where nothing tells what it is. Only for one that stands
                where the analyzer looks, and can be read there: nobody can know of the others.
        """
        number = next(self.numbers)
        within = ("", "+/=", "&<>\"'", " %ü~;,:", "\\\\n")[0 if token else number % 5]
        made = f"{HEAD}{number}.{within}{TAIL}"
        self.secrets.append(made)
        if echo:
            self.echo(made)
        return made

    def unread(self, *, token: bool = False) -> str:
        """One for a field that the analyzer does not read."""
        return self.secret(token=token, echo=False)

    def person(self) -> str:
        number = next(self.numbers)
        made = f"{WHO_HEAD}{number}{WHO_TAIL}"
        self.people.append(made)
        self.echo(made)
        return made

    def digits(self) -> str:
        made = f"{DIGITS}{next(self.numbers)}"
        self.people.append(made)
        self.echoes.append(made)
        return made

    def echo(self, text: str) -> None:
        """Let it be planted again, in the next encoding."""
        encode = tuple(ENCODINGS.values())[len(self.echoes) % len(ENCODINGS)]
        self.echoes.append(encode(text))

    def planted(self) -> Iterator[str]:
        """Each form once, with a new canary in it."""
        for write, form in FORMS:
            readable = write in {raw, xml, in_json, in_url}
            written = write(self.secret(token=write is raw, echo=readable))
            if not readable:
                self.echo(written)
            yield form.format(written)
        for write, form in PEOPLE:
            yield form.format(write(self.person()))
        for write, form in NUMBERS:
            yield form.format(write(self.digits()))
