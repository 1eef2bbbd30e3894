"""What the Finesse REST interface says of its installation (Web Services Developer Guide)."""

from msgspec import Struct

from .http import path_of
from .source import Source


def asks_for_info(url: str) -> bool:
    """Whether a URL is that of SystemInfo."""
    return path_of(url).lower().rstrip("/").endswith("/finesse/api/systeminfo")


class SystemInfo(Struct, frozen=True, kw_only=True, gc=False):
    """
    Body of `GET /finesse/api/SystemInfo`.

    Attributes:
        url: Where it was asked, without query.
        status: "IN_SERVICE", "OUT_OF_SERVICE"; None if the body does not say.
        primary_node: Host of the A side.
        secondary_node: Host of the B side; None on a single node.
        xmpp_domain: What `<open to>` should name.
        pubsub_domain: What subscriptions should be sent to.
        authentication: "NON_SSO", "SSO", "HYBRID".
        deployment: "UCCE", "UCCX".
        server_time_ns: Clock of the server, nanoseconds since 1970 UTC.
        clock_offset_ns: Server's clock less the recording's; None if either is not known.
        source: The response.
    """

    url: str
    status: str | None = None
    primary_node: str | None = None
    secondary_node: str | None = None
    xmpp_domain: str | None = None
    pubsub_domain: str | None = None
    authentication: str | None = None
    deployment: str | None = None
    server_time_ns: int | None = None
    clock_offset_ns: int | None = None
    source: Source
