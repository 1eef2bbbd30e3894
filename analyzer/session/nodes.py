"""What the node of a session is called, whether a name or only its address is known."""

from collections import defaultdict
from collections.abc import Iterable

from ..model.http import host_of
from ..model.network import Resolution
from ..model.session import Session


def node_of(session: Session) -> str:
    """The host the client asked for: a proxy may give all of them one address."""
    named = host_of(session.url or "") or (session.tls.server_name if session.tls else None)
    return (named or host_of(f"//{session.server}")).lower()


class Nodes:
    """
    The nodes of some sessions.

    An address counts as the node whose name is spoken there, if there is but one such name.
    """

    def __init__(self, sessions: Iterable[Session]) -> None:
        self._names: dict[str, set[str]] = {}
        self._sides: dict[str, str] = {}
        for session in sessions:
            address, name = host_of(f"//{session.server}"), node_of(session)
            if name != address:
                self._names.setdefault(address, set()).add(name)
            info = session.system_info
            if info is not None and info.primary_node and info.secondary_node:
                self._sides[info.primary_node.lower()] = "A"
                self._sides[info.secondary_node.lower()] = "B"

    def of(self, session: Session) -> str:
        """The node of a session."""
        return self.named(node_of(session))

    def named(self, host: str) -> str:
        """The node that a name or an address means."""
        names = self._names.get(host, ())
        return next(iter(names)) if len(names) == 1 else host

    def side(self, node: str) -> str | None:
        """A for the primary node that SystemInfo names, B for the secondary; None if neither."""
        return self._sides.get(node)


class NodeNames:
    """Names of addresses, as far as DNS and the sessions of a recording tell so far."""

    def __init__(self) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)

    def spoken(self, session: Session) -> None:
        """Learn what the server of a session is called."""
        self._names[host_of(f"//{session.server}")].add(node_of(session))

    def resolved(self, resolution: Resolution) -> None:
        """Learn what a name means."""
        for address in resolution.addresses:
            self._names[address] |= {resolution.name, *resolution.aliases}

    def differ(self, one: str, other: str) -> bool:
        """Whether two addresses are known to be two nodes: both have names, and none in common."""
        names, others = self._names.get(one), self._names.get(other)
        return one != other and bool(names and others and not names & others)
