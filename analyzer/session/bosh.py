"""XMPP in HTTP requests (XEP-0124, XEP-0206): told apart, not decoded."""

import re

from ..model.http import Exchange

_PATH = re.compile(r"^[^?#]*/(?:http-bind|bosh)(?:[/?#]|$)", re.IGNORECASE)
_BODY = re.compile(rb"\s*<body[\s/>]")


def is_bosh(exchange: Exchange) -> bool:
    """Whether a call is one of BOSH, by its path or by a body that only BOSH has."""
    request = exchange.request
    if request is None or request.method != "POST":
        return False
    return bool(_PATH.match(request.url) or _BODY.match(request.body))
