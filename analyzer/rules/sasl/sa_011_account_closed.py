"""A login refused because of the account's state (RFC 6120 sections 6.5.2 and 6.5.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .failures import refusals, told


def _check(session: Session) -> Iterator[Hit]:
    yield from told(session, refusals(session, {"account-disabled", "credentials-expired"}))


RULE = Rule(
    id="SA-011",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The account of {agent!t} cannot log in ({condition!t})",
    cause="The server knows the user and says {condition!t}: account-disabled means that an "
    "administrator (or the lock after five wrong passwords) closed the account, "
    "credentials-expired that the password or token ran out.",
    remedy="account-disabled: check the agent in Unified CCE Administration or Unified CM "
    "(enabled, agent assigned to a team) and wait five minutes for a lock to pass. "
    "credentials-expired: set a new password; with SSO sign out and in again, so that IdS issues a "
    "new token.",
    reference="RFC 6120 §6.5.2, §6.5.3",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><account-disabled/></failure>
        """,
    ),
    silent_on=("@login",),
)
