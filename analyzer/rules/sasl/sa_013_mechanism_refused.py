"""A login refused because of its mechanism (RFC 6120 sections 6.5.4, 6.5.7 and 6.5.9)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .failures import refusals, told

_CONDITIONS = frozenset({"invalid-mechanism", "mechanism-too-weak", "encryption-required"})


def _check(session: Session) -> Iterator[Hit]:
    for hit in told(session, refusals(session, _CONDITIONS)):
        insecure = hit.values["condition"] == "encryption-required"
        yield replace(hit, party=Party.CLIENT) if insecure else hit


RULE = Rule(
    id="SA-013",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server does not take mechanism {mechanism} here ({condition!t})",
    cause="Password and user were not even looked at. invalid-mechanism: the server does not know "
    "or no longer allows {mechanism}. encryption-required: it allows it only on a TLS connection, "
    "and this one is none (or TLS ended at a proxy in front). mechanism-too-weak: its policy wants "
    "a stronger one.",
    remedy="1. Finesse works with PLAIN under TLS. Connect with wss:// to 8445 (7443 before 12.6). "
    "2. If the connection is wss already, a proxy ends TLS and passes plain HTTP on: let it use "
    "TLS towards the node too. 3. If the mechanism list of the notification service was changed, "
    "put it back and restart Cisco Finesse Notification Service.",
    reference="RFC 6120 §6.5.4, §6.5.7, §6.5.9",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><encryption-required/></failure>
        """,
        "5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><invalid-mechanism/></failure>",
    ),
    silent_on=("@login",),
)
