"""Which step of the login a stanza belongs to."""

from .session import StepName
from .xmpp import Bind, Pubsub, SessionRequest, Stanza, StanzaKind

_BY_KIND = {
    StanzaKind.OPEN: StepName.OPEN,
    StanzaKind.FEATURES: StepName.OPEN,
    StanzaKind.STARTTLS: StepName.TLS,
    StanzaKind.AUTH: StepName.AUTH,
    StanzaKind.ABORT: StepName.AUTH,
    StanzaKind.SUCCESS: StepName.AUTH,
    StanzaKind.FAILURE: StepName.AUTH,
    StanzaKind.PRESENCE: StepName.PRESENCE,
}


def step_of(stanza: Stanza) -> StepName | None:
    """The step, by what the stanza holds, else by its kind; None if it belongs to none."""
    match stanza.payload:
        case Bind():
            return StepName.BIND
        case SessionRequest():
            return StepName.SESSION
        case Pubsub():
            return StepName.PUBSUB
        case _:
            return _BY_KIND.get(stanza.kind)
