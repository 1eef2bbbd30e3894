"""Upgrades that were answered with something else than 101, for the rules that tell why."""

from collections.abc import Container, Iterator

from ...model.http import field
from ...model.rule import Hit, Value
from ...model.session import Session

KNOWN = frozenset(
    {200, 301, 302, 303, 307, 308, 400, 401, 403, 404, 412, 418, 426, 429, 502, 503, 504}
)
"""Statuses that have a rule of their own."""


def refused_with(session: Session, statuses: Container[int]) -> Iterator[Hit]:
    """The refused upgrade, if its status is one of these, with values for the texts."""
    upgrade = session.upgrade
    if upgrade is None or upgrade.accepted or upgrade.exchange.response is None:
        return
    response = upgrade.exchange.response
    if response.status in statuses:
        said_by = field(response.headers, "Server") or "an unnamed server"
        values: dict[str, Value] = {
            "status": response.status,
            "server": session.server,
            "software": said_by,
        }
        yield Hit((response.source,), values)
