"""
What the Finesse REST interface answers, as far as a diagnosis needs it.

`SystemInfo` names the domain, the nodes, the way of logging in and the server's clock (Finesse Web
Services Developer Guide, SystemInfo).
"""

from ..model.finesse import SystemInfo, asks_for_info
from ..model.http import Exchange
from ..model.limits import EXCHANGE_BODY_OCTETS
from .moment import moment
from .xml import Element, Flaw, local_name, parse, without_declaration


def system_info(exchange: Exchange) -> SystemInfo | None:
    """What `GET /finesse/api/SystemInfo` says; None for any other call, and for an unread body."""
    request, response = exchange.request, exchange.response
    if request is None or response is None or not response.body or not asks_for_info(request.url):
        return None
    if len(response.body) > EXCHANGE_BODY_OCTETS:
        return None
    root = parse(without_declaration(response.body))
    if isinstance(root, Flaw) or local_name(root).lower() != "systeminfo":
        return None
    said = {local_name(child).lower(): child for child in root}
    server_ns = moment(_text(said.get("currenttimestamp")))
    seen_ns = response.source.time_ns
    known = server_ns is not None and seen_ns is not None
    return SystemInfo(
        url=request.url.partition("#")[0].partition("?")[0],
        status=_text(said.get("status")),
        primary_node=_host(said.get("primarynode")),
        secondary_node=_host(said.get("secondarynode")),
        xmpp_domain=_text(said.get("xmppdomain")),
        pubsub_domain=_text(said.get("xmpppubsubdomain")),
        authentication=_text(said.get("systemauthmode")),
        deployment=_text(said.get("deploymenttype")),
        server_time_ns=server_ns,
        clock_offset_ns=(server_ns or 0) - (seen_ns or 0) if known else None,
        source=response.source,
    )


def _text(element: Element | None) -> str | None:
    return (element.text or "").strip() or None if element is not None else None


def _host(element: Element | None) -> str | None:
    hosts = [] if element is None else [c for c in element if local_name(c).lower() == "host"]
    return _text(hosts[0]) if hosts else None
