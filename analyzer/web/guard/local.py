"""Places on this server: what a redirect may lead to."""

from urllib.parse import quote, urlsplit

SAFE = "/-._~!$&'()+*,;=:@%"
"""Octets of a path that stand for themselves (RFC 3986 section 3.3), and escapes."""


def local(target: str) -> str:
    """
    Give a path with its query if it stays on this server, else "/".

    Browsers take a backslash for a slash, drop tabs and line ends, and read `//name` as another
    server (WHATWG URL section 4.4); so all of these lead to "/".
    """
    if not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(not "!" <= character <= "~" for character in target):
        return "/"
    parts = urlsplit(target)
    query = f"?{quote(parts.query, safe=SAFE + '?/')}" if parts.query else ""
    return quote(parts.path, safe=SAFE) + query
