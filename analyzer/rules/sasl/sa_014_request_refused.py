"""A login refused because of its form (RFC 6120 sections 6.5.1, 6.5.5, 6.5.6 and 6.5.8)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .failures import refusals, told

_CONDITIONS = frozenset({"aborted", "incorrect-encoding", "invalid-authzid", "malformed-request"})


def _check(session: Session) -> Iterator[Hit]:
    yield from told(session, refusals(session, _CONDITIONS))


RULE = Rule(
    id="SA-014",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server could not use the login request of {agent!t} ({condition!t})",
    cause="The request was at fault, not the password. malformed-request: order or content of the "
    "SASL messages is wrong. incorrect-encoding: the base64 cannot be read. invalid-authzid: the "
    "identity asked for has another form or may not be used by this user. aborted: the client "
    "itself gave up with <abort/>.",
    remedy="The Finesse desktop does not make such requests: find the client by the User-Agent of "
    "the upgrade and correct it. PLAIN is base64 of NUL user NUL password in UTF-8 with one line, "
    "the identity in front of the first NUL empty or user@xmppDomain.",
    reference="RFC 6120 §6.5.1, §6.5.5, §6.5.6, §6.5.8",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><malformed-request/></failure>
        """,
    ),
    silent_on=("@login",),
)
