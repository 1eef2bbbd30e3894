"""A session that can be read only up to where TLS begins, or only in part (RFC 6120 section 5)."""

from collections.abc import Iterator

from ...model.flow import GapReason
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Carrier, Session, StepStatus
from ..evidence import beginning
from ..stream_steps import LOGIN


def _check(session: Session) -> Iterator[Hit]:
    hidden = [gap for gap in session.gaps if gap.reason is GapReason.ENCRYPTED]
    unseen = [
        step.name.value
        for step in session.steps
        if step.name in LOGIN and step.status is StepStatus.NOT_CAPTURED
    ]
    if hidden and unseen and session.carrier is not Carrier.UNKNOWN:
        why = session.tls.locked if session.tls is not None else None
        values: dict[str, Value] = {"unseen": ", ".join(unseen), "why": why or "no keys"}
        yield Hit((hidden[0].source or beginning(session),), values)


RULE = Rule(
    id="CQ-012",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="From here on this session is encrypted: {unseen} cannot be judged ({why!t})",
    cause="The stream began in clear and went over to TLS (STARTTLS), as it should; what followed "
    "cannot be read without the keys of the session. no keys: no key log has this connection. "
    "wrong keys: those given open none of its records. cipher: this version does not carry it.",
    remedy="1. Record again with the client's keys: a browser or a client on OpenSSL, NSS or Java "
    "(with an agent such as extract-tls-secrets) writes them where SSLKEYLOGFILE points. 2. Bring "
    "the capture, begun before the login, and keys.log beside it, or give it with --keys. 3. In a "
    "lab, RSA key exchange and the server's private key (--keys) do as well.",
    reference="RFC 6120 §5.4.3; RFC 9850 §2",
    check=_check,
    fires_on=(
        """
        @stream
        @login until=open
        1.0 C> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        1.1 S> <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        1.2 C> <presence/>
        1.4 S> <presence/>
        """,
    ),
    silent_on=(
        "@login",
        "@tls locked=no-keys\n@login",
    ),
)
