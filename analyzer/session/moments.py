"""What a session brought that its agent's story needs, told in a few words that can be kept."""

from collections.abc import Iterable, Iterator
from itertools import islice

from ..model.history import Happening, Moment
from ..model.pubsub import Delivery
from ..model.xmpp import Stanza, Update

MOST = 100
"""Kept of one session; a service that comes and goes all day says nothing new."""

REASONS = frozenset({"255", "32765"})
"""Codes of a forced logout: UCCE and PCCE; UCCX (AGT_CONN_DOWN)."""

_STATES = frozenset({"LOGOUT", "NOT_READY"})

_SERVICE = {
    "OUT_OF_SERVICE": Happening.OUT_OF_SERVICE,
    "IN_SERVICE": Happening.IN_SERVICE,
}


def moments_of(peer_gone: Stanza | None, deliveries: Iterable[Delivery]) -> tuple[Moment, ...]:
    """
    The moments of a session, in order.

    Args:
        peer_gone: First unavailable presence of finesse@.
        deliveries: Items that reached the client.
    """
    found = list(islice(_told(deliveries), MOST))
    if peer_gone is not None:
        gone = Moment(
            what=Happening.FINESSE_GONE,
            time_ns=peer_gone.source.time_ns,
            detail=peer_gone.sender,
            source=peer_gone.source,
        )
        found.append(gone)
    return tuple(sorted(found, key=lambda moment: moment.time_ns or 0))


def _told(deliveries: Iterable[Delivery]) -> Iterator[Moment]:
    out = False
    forced: set[tuple[str | None, str]] = set()
    for one in deliveries:
        update = one.update
        if update is None:
            continue
        state = (update.state or "").upper()
        if update.subject == "systeminfo":
            what = _SERVICE.get(state)
            # Being in service is news only behind the contrary.
            if what is not None and out is (what is Happening.IN_SERVICE):
                out = not out
                yield Moment(what=what, time_ns=one.time_ns, source=one.source)
        elif update.reason_code in REASONS and state in _STATES:
            user, detail = _user(update, one.node), f"{state} {update.reason_code}"
            # One logout is told to the agent, and to the team on another node.
            if (user, detail) not in forced:
                forced.add((user, detail))
                yield Moment(
                    what=Happening.FORCED_LOGOUT,
                    time_ns=one.time_ns,
                    user=user,
                    detail=detail,
                    source=one.source,
                )


def _user(update: Update, node: str | None) -> str | None:
    """Who it is about: the event says it, else the path of its source, else the node."""
    path = update.source or node or ""
    name = update.user or path.rpartition("/User/")[2].partition("/")[0]
    return name.lower() or None
