"""Nodes as a profile writes them: `*` stands for one part between slashes."""

from collections.abc import Iterable

from ..model.pubsub import Subscription
from ..model.session import Session


def matches(node: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns is meant; as Finesse does, letters count the same in any case."""
    parts = node.lower().rstrip("/").split("/")
    return any(_fits(parts, pattern) for pattern in patterns)


def absent_here(session: Session, asked: Subscription) -> bool:
    """Whether SystemInfo names a deployment without such a node, and the answer does not differ."""
    node, error = asked.node, asked.error
    if session.system_info is None or node is None or asked.unsubscribe:
        return False
    if error is not None and error.condition != "item-not-found":
        return False
    deployment = (session.system_info.deployment or "").upper()
    return matches(node, session.profile.absent_nodes.get(deployment, ()))


def _fits(parts: list[str], pattern: str) -> bool:
    wanted = pattern.lower().rstrip("/").split("/")
    return len(wanted) == len(parts) and all(
        want in ("*", part) for want, part in zip(wanted, parts, strict=True)
    )
