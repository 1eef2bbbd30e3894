"""The server closed a live session as if all were well: Close 1000 or without code."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import CloseKind, Needs, Session
from ...model.source import Side
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    close = session.close
    if close.kind is CloseKind.WEBSOCKET_CLOSE and close.orderly is False:
        yield from closed_with(session, {1000, 1005}, Side.SERVER)


RULE = Rule(
    id="WS-033",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} ended a live session with a normal Close ({code}, reason: {reason!t})",
    cause="The agent had not logged out and there was no stream error; the Close came {idle_s} s "
    "after the last stanza. Servers do so when they drop a client: a ping ran into a timeout (the "
    "server takes the client for dead), an administrator closed the session in the Openfire "
    "console, or a proxy closed for the server behind it.",
    remedy="1. If {idle_s} s is long, or the client's pings had stopped, find out why the client "
    "was silent: sleeping PC, throttled background tab, network. 2. Otherwise look for the user in "
    "the openfire log at this second (file get activelog desktop recurs compress). 3. If a capture "
    "on the node does not show this Close, a proxy made it: see its log.",
    reference="RFC 6455 §7.4.1; RFC 7395 §3.6",
    needs=frozenset({Needs.FRAMES}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1000 bye]
        5.1 C> [close 1000 bye]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        5.1 S> [close 1000 bye]
        """,
        """
        @login
        5.0 C> [close 1000]
        5.1 S> [close 1000]
        """,
    ),
)
