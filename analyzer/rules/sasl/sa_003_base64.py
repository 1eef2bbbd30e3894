"""SASL data that is not base64 (RFC 6120 section 6.4.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Auth
from ..progress import effect_of_stop


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, Auth) and said.problem == AnomalyCode.SASL_BASE64:
            values: dict[str, Value] = {"mechanism": said.mechanism or "response"}
            yield Hit((stanza.source,), values, effect=effect_of_stop(session))
            return


RULE = Rule(
    id="SA-003",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The login data ({mechanism}) is not valid base64",
    cause="The client's SASL message contains something that base64 does not allow: a line feed "
    "(many encoders break lines after 76 characters, which long SSO tokens reach), a blank, "
    "missing padding, or the URL alphabet with - and _. The server answers incorrect-encoding, or "
    "not-authorized although the password is right.",
    remedy="In the client, encode without line breaks, with the standard alphabet and with = "
    "padding (Java: Base64.getEncoder(), not getMimeEncoder() or getUrlEncoder()). An empty "
    "message is sent as a single =.",
    reference="RFC 6120 §6.4.2, §6.5.5; RFC 4648 §3, §4",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-006", "SA-007", "SA-014"),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEA-_==</auth>
        5.1 S> <failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><incorrect-encoding/></failure>
        """,
    ),
    silent_on=("@login",),
)
