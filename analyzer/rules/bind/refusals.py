"""Refused bind requests, for the rules that tell why."""

from collections.abc import Collection, Iterator

from ...model.session import Iq, Session
from ...model.xmpp import Bind, StanzaError

MAPPED = frozenset({"conflict", "not-allowed", "resource-constraint"})
"""Conditions that have a rule of their own (RFC 6120 sections 7.6.2 and 7.7.2.2)."""


def refused_binds(session: Session) -> Iterator[tuple[Iq, StanzaError]]:
    """Each bind request that was answered by an error."""
    for iq in session.iqs:
        if isinstance(iq.request.payload, Bind) and iq.answer is not None:
            error = iq.answer.error
            if error is not None:
                yield iq, error


def refused_for(session: Session, conditions: Collection[str]) -> Iterator[tuple[Iq, StanzaError]]:
    """Those with one of the conditions."""
    for iq, error in refused_binds(session):
        if error.condition in conditions:
            yield iq, error
