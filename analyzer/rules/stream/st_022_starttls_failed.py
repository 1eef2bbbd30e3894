"""STARTTLS that the client asked for and did not get (RFC 6120 section 5.4.2.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName, StepStatus
from ...model.source import Direction
from ...model.xmpp import StanzaKind
from ..consequences import ENDINGS
from ..progress import effect_of_stop

_TO_SERVER = Direction.TO_SERVER


def _check(session: Session) -> Iterator[Hit]:
    step = session.step(StepName.TLS)
    failed = step is not None and step.status is StepStatus.FAILED
    said = [one for one in session.negotiation if one.kind is StanzaKind.STARTTLS]
    asked = next((one.source for one in said if one.direction is _TO_SERVER), None)
    if asked is None or session.encrypted or not failed:
        return
    answered = next((one.source for one in said if one.direction is not _TO_SERVER), None)
    places = (asked,) if answered is None else (answered, asked)
    answer = "no answer" if answered is None else "failure"
    values: dict[str, Value] = {"server": session.server, "answer": answer}
    party = None if answered is None else Party.SERVER
    yield Hit(places, values, effect=effect_of_stop(session), party=party)


RULE = Rule(
    id="ST-022",
    severity=Severity.ERROR,
    title="{server} did not switch to TLS when the client asked for it ({answer!t})",
    cause="The client sent <starttls/>. With <failure/> the server says that it cannot start TLS: "
    "it offers STARTTLS and has no usable certificate or key, or its TLS configuration is broken. "
    "Without any answer it hangs, or something between the two swallows the request. A client that "
    "insists on TLS cannot log in.",
    remedy="1. On the server look at the notification service's log at this second and at its "
    "certificate (validity, key): utils service list, file get activelog desktop recurs compress. "
    "2. Try the port for direct TLS (5223): openssl s_client -connect HOST:5223, and openssl "
    "s_client -starttls xmpp -connect HOST:5222. 3. If those work from the server itself only, a "
    "firewall with XMPP inspection stands between; take the connection out of it.",
    reference="RFC 6120 §5.4.2.2",
    needs=frozenset({Needs.MESSAGES, Needs.TCP}),
    explains=("CO-004", "OR-012", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @tcp
        @login until=open
        1.0 C> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        1.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        1.1 S> <close/>
        1.2 S> [fin]
        """,
        """
        @tcp
        @login until=open
        1.0 C> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        @until 90
        """,
    ),
    silent_on=(
        "@tcp\n@login",
        """
        @tcp
        @login until=open
        1.0 C> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        1.1 S> <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
        """,
    ),
)
