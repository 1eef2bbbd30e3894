"""What is known of the programs that write HARs: do they record messages, and which browser."""

import re

from msgspec import Struct

from . import har_json
from .har_json import Creator

CREATOR = re.compile(rb'"creator"\s*:\s*(\{[^{}]*\})')

HEAD_OCTETS = 1 << 20
TAIL_OCTETS = 64 << 10
"""`creator` stands before the entries, or shortly before the end of the file."""

WITHOUT_MESSAGES = re.compile(
    r"firefox|webkit web inspector|fiddler|charles|chrome-har|browsertime|puppeteer|firebug"
    r"|insomnia|burp|\bzap\b|browsermob|lightproxy|splash",
    re.IGNORECASE,
)
"""Their sources, or their files, hold no trace of WebSocket messages."""

PLAYWRIGHT_MESSAGES = (1, 61)
"""First version of Playwright that records messages."""

CLOSE_CODES = re.compile(r"http ?toolkit|pcap2har|stanzascope", re.IGNORECASE)

BROWSERS = (
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/([\d.]+)")),
    ("Opera", re.compile(r"OPR/([\d.]+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/([\d.]+)")),
    ("Chrome", re.compile(r"(?:HeadlessChrome|Chrome|CriOS)/([\d.]+)")),
    ("Safari", re.compile(r"Version/([\d.]+).* Safari/")),
)
"""In this order: each calls itself what stands below it, too."""


class Producer(Struct, frozen=True):
    """
    Who wrote a HAR.

    Attributes:
        name: As written.
        version: As written.
    """

    name: str = ""
    version: str = ""

    def __str__(self) -> str:
        """Both, as far as written."""
        return " ".join(part for part in (self.name, self.version) if part)

    @property
    def devtools(self) -> bool:
        """Chrome's DevTools, a browser made of the same source, or who writes as they do: we."""
        return self.name in {"WebInspector", "stanzascope"}

    @property
    def ours(self) -> bool:
        """Our own export of a capture."""
        return self.name == "stanzascope"

    @property
    def records_messages(self) -> bool:
        """Whether this version writes WebSocket messages; the unknown ones may."""
        if self.name.lower() == "playwright":
            version = re.match(r"(\d+)\.(\d+)", self.version)
            return version is None or (int(version[1]), int(version[2])) >= PLAYWRIGHT_MESSAGES
        return WITHOUT_MESSAGES.search(self.name) is None

    @property
    def records_close_code(self) -> bool:
        """Whether it writes close codes."""
        return CLOSE_CODES.search(self.name) is not None


def producer(head: bytes, tail: bytes) -> Producer:
    """The producer, from what stands before the entries, or else behind them."""
    for octets in (head, tail):
        for found in CREATOR.finditer(octets):
            creator = har_json.struct(found[1], Creator)
            return Producer(har_json.text(creator.name), har_json.text(creator.version))
    return Producer()


def browser(user_agent: str) -> str:
    """A browser's name and version, as its User-Agent tells; the whole text if it is none known."""
    for name, pattern in BROWSERS:
        found = pattern.search(user_agent)
        if found is not None:
            return f"{name} {found[1]}"
    return user_agent
