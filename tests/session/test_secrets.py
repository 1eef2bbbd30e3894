"""Passwords and SASL exchanges are counted, so that the reader is warned."""

from msgspec.structs import replace

from analyzer.model.recording import Secret
from analyzer.model.source import Direction, HarSource
from analyzer.model.xmpp import Auth, Payload, Ping, Stanza, StanzaKind
from analyzer.session.secrets import count_secrets
from tests.session.test_retain import session


def stanza(payload: Payload) -> Stanza:
    return Stanza(
        direction=Direction.TO_SERVER,
        kind=StanzaKind.AUTH,
        payload=payload,
        source=HarSource(0, 0, 0, None),
    )


def test_each_kind_is_counted() -> None:
    seen = replace(
        session(),
        stanzas=tuple(
            stanza(payload)
            for payload in (
                Ping(),
                Auth(mechanism="PLAIN", secret_octets=6),
                Auth(mechanism="OAUTHBEARER", secret_octets=900),
                Auth(mechanism="SCRAM-SHA-1", secret_octets=0),
                Auth(mechanism=None, secret_octets=20),
            )
        ),
    )
    assert count_secrets(seen) == {Secret.SASL_PASSWORD: 2, Secret.SASL_EXCHANGE: 1}
