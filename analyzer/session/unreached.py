"""Attempts to reach the service that found nobody: in packets, all there is of a session."""

from collections.abc import Collection

from ..model.flow import Connection, EndCause
from .trace import Trace

ATTEMPTS = 20
"""Attempts kept; a client that tries for hours says nothing new."""


def is_fruitless(connection: Connection) -> bool:
    """
    Whether a client's SYN was refused, or not answered until it was sent again (RFC 9293).

    Where octets went all the same, the capture only lacks the answer.
    """
    if not connection.syn_seen or connection.syn_ack_seen or connection.to_server is None:
        return False
    came = connection.to_client.octets if connection.to_client is not None else 0
    if connection.to_server.octets or came:
        return False
    return connection.ended_by is EndCause.RST or connection.to_server.packets > 1


class Unreached:
    """
    Attempts at ports of the service that nobody answered in the whole recording.

    A browser tries several addresses at once (RFC 8305), and a client may try before a service has
    started: an attempt in vain beside one that succeeded is no fault.
    """

    def __init__(self, ports: Collection[int]) -> None:
        self._ports = ports
        self._reached: set[int] = set()
        self._attempts: list[tuple[int, Trace]] = []

    def note(self, trace: Trace) -> None:
        """Take a connection that has ended."""
        connection = trace.connection
        if connection is None:
            return
        port = connection.server.port
        if not is_fruitless(connection):
            self._reached.add(port)
        elif port in self._ports and len(self._attempts) < ATTEMPTS:
            self._attempts.append((port, trace))

    def attempts(self) -> list[Trace]:
        """Those that were in vain, once the recording has ended."""
        return [trace for port, trace in self._attempts if port not in self._reached]
