"""A client that closed its stream without saying unavailable (RFC 6121 section 4.5.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import CloseKind, Needs, Session, StepName, StepStatus
from ...model.source import Direction, Side
from ..evidence import ending


def _check(session: Session) -> Iterator[Hit]:
    close = session.close
    if close.kind is not CloseKind.XMPP_CLOSE or close.by is not Side.CLIENT:
        return
    presence = session.step(StepName.PRESENCE)
    was_available = presence is not None and presence.status is StepStatus.DONE
    said = any(
        stanza.type == "unavailable" and stanza.direction is Direction.TO_SERVER
        for stanza in session.presences
    )
    if was_available and not said:
        yield Hit((ending(session),))


RULE = Rule(
    id="PR-003",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="The client closed its stream without sending presence unavailable",
    cause="A client says unavailable before <close/>; the Finesse desktop does. Where it is "
    "missing the server says it in the client's place, so the outcome is the same: Finesse logs "
    "the agent out after 60 s (reason 255). It shows that this was no logout of the desktop, but a "
    "custom client or a page that was closed.",
    remedy="Nothing for this session. In a custom client send <presence xmlns='jabber:client' "
    "type='unavailable'/> before <close/>.",
    reference="RFC 6121 §4.5.1, §4.5.2",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        5.1 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
