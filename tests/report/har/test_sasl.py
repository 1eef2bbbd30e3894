"""SASL without its secret is read as the message it was."""

import base64
import json
from contextlib import suppress

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.xmpp import Auth
from analyzer.protocol.sasl import auth_of
from analyzer.report.har.sasl import again, without_secrets
from analyzer.report.redaction.patterns import SecretKind
from analyzer.report.redaction.vault import Vault

TOKEN = ".".join(
    base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")
    for part in ('{"alg":"RS256"}', '{"exp":1795300000,"sub":"agent"}', "signature" * 30)
)


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def left(mechanism: str | None, sent: str) -> str:
    return without_secrets(mechanism, sent, Vault().take, lambda name: name)


def known(auth: Auth) -> tuple[object, ...]:
    """What rules read; the length of a password says nothing, that of a token what it is."""
    return (
        *(auth.mechanism, auth.authzid, auth.authcid, auth.expires_ns, auth.problem),
        auth.secret_octets > 0,
        auth.secret_octets if auth.secret_octets >= 200 else None,
    )


MESSAGES = {
    "PLAIN": ("PLAIN", b64("\0agent1001\0pw-s3cret")),
    "PLAIN for another": ("plain", b64("boss@a.test\0agent1001\0pw-s3cret")),
    "PLAIN with a token": ("PLAIN", b64(f"\0agent1001\0{TOKEN}")),
    "PLAIN with a long secret": ("PLAIN", b64(f"\0agent1001\0{'pw-s3cret' * 30}")),
    "PLAIN without password": ("PLAIN", b64("\0agent1001\0")),
    "PLAIN with one part too few": ("PLAIN", b64("\0pw-s3cret")),
    "PLAIN with one part too many": ("PLAIN", b64("\0a\0b\0pw-s3cret")),
    "PLAIN in Latin-1": ("PLAIN", b64(b"\0agent\0pw-s3cret\xe9")),
    "PLAIN in a response": (None, b64("\0agent1001\0pw-s3cret")),
    "PLAIN in a response, no user": (None, b64("\0\0pw-s3cret")),
    "SCRAM": ("SCRAM-SHA-256", b64("n,a=b=2Cc,n=agent=3D1,r=pw-s3cret")),
    "SCRAM with binding": ("SCRAM-SHA-1-PLUS", b64("p=tls-exporter,,n=agent,r=pw-s3cret")),
    "SCRAM, odd": ("SCRAM-SHA-1", b64("n,,n=,r=pw-s3cret,pw-s3cret")),
    "SCRAM, final": (None, b64("c=biws,r=pw-s3cret,p=pw-s3cret")),
    "OAUTHBEARER": ("OAUTHBEARER", b64("n,a=user=2C,\1host=a\1port=1\1auth=Bearer pw-s3cret\1\1")),
    "OAUTHBEARER with a JWT": ("OAUTHBEARER", b64(f"n,,\1auth=Bearer {TOKEN}\1x=pw-s3cret\1\1")),
    "OAUTHBEARER without a token": ("OAUTHBEARER", b64("n,,\1auth=\1\1")),
    "EXTERNAL": ("EXTERNAL", b64("agent1001@a.test")),
    "GSSAPI": ("GSSAPI", b64("pw-s3cret")),
    "DIGEST-MD5": (None, b64('username="a",response="pw-s3cret"')),
    "nothing": ("PLAIN", ""),
    "an empty message": ("PLAIN", "="),
    "no base64": ("PLAIN", "pw-s3cret!"),
    "base64 in two lines": ("PLAIN", b64("\0agent1001\0pw-s3cret") + "\n"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_who_and_how_stays_and_what_proves_it_goes(name: str) -> None:
    mechanism, sent = MESSAGES[name]
    written = left(mechanism, sent)
    assert known(auth_of(mechanism, written)) == known(auth_of(mechanism, sent))
    shown = written
    with suppress(ValueError):
        shown += base64.b64decode(written).decode("latin-1")
    assert "pw-s3cret" not in shown
    assert TOKEN not in shown


@pytest.mark.parametrize(
    "sent", ["r=pw-s3cret,s=pw-s3cret,i=4096", "v=pw-s3cret", "rspauth=pw-s3cret"]
)
def test_what_the_server_says_keeps_its_form(sent: str) -> None:
    written = base64.b64decode(left(None, b64(sent))).decode()
    assert "pw-s3cret" not in written
    assert "[redacted: sasl exchange 1]" in written
    if "i=" in sent:
        assert written.endswith(",i=4096")


@pytest.mark.parametrize(
    "claims",
    ['{"exp":"soon"}', '{"exp":null}', "[1]", "{", '{"exp":99999999999}', "[" * 5_000],
)
def test_a_token_that_does_not_tell_its_end_is_but_a_mark(claims: str) -> None:
    token = (
        f"eyJh.{b64(claims).rstrip('=')}.x" if claims.startswith("{") else f"a.eyJ{b64(claims)}.x"
    )
    written = base64.b64decode(left("PLAIN", b64(f"\0u\0{token}"))).decode().split("\0")[2]
    assert written.startswith("[redacted: password 1]")


def test_a_token_keeps_nothing_but_its_end() -> None:
    written = base64.b64decode(left("PLAIN", b64(f"\0u\0{TOKEN}"))).decode().split("\0")[2]
    claims = written.split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))) == {
        "exp": 1795300000
    }
    assert len(written) == len(TOKEN)
    assert ".redacted-jwt-1" in written


def test_people_go_by_the_names_that_the_caller_gives() -> None:
    def name(_: str) -> str:
        return "person-1"

    for mechanism, sent in (
        ("PLAIN", "boss\0agent\0pw"),
        ("SCRAM-SHA-1", "n,a=boss,n=agent,r=x"),
        ("OAUTHBEARER", "n,a=agent,\1auth=Bearer x\1\1"),
        ("EXTERNAL", "agent"),
    ):
        written = without_secrets(mechanism, b64(sent), Vault().take, name)
        auth = auth_of(mechanism, written)
        assert {auth.authzid, auth.authcid} - {None} == {"person-1"}


MARK = "[redacted: sasl exchange 1]"

KNOWN = (
    Auth(mechanism="PLAIN", authzid="boss", authcid="agent", secret_octets=6),
    Auth(
        mechanism="PLAIN", authcid="agent", secret_octets=900, expires_ns=1_795_300_000_000_000_000
    ),
    Auth(mechanism="PLAIN", problem=AnomalyCode.SASL_PLAIN.value, secret_octets=3),
    Auth(mechanism="PLAIN", problem=AnomalyCode.SASL_BASE64.value, secret_octets=9),
    Auth(mechanism="SCRAM-SHA-1", authzid="a,b", authcid="c=d"),
    Auth(mechanism="OAUTHBEARER", authzid="user", secret_octets=300),
    Auth(mechanism="OAUTHBEARER", secret_octets=30),
    Auth(mechanism="EXTERNAL", authzid="agent@a.test"),
    Auth(mechanism="EXTERNAL"),
    Auth(mechanism="GSSAPI", secret_octets=300),
    Auth(mechanism=None, authcid="agent", secret_octets=6),
    Auth(mechanism=None, secret_octets=6),
    Auth(mechanism=None, problem=AnomalyCode.SASL_PLAIN.value, secret_octets=6),
)


@pytest.mark.parametrize("auth", KNOWN, ids=lambda auth: f"{auth.mechanism} {auth.problem}")
def test_what_was_known_is_known_again(auth: Auth) -> None:
    assert known(auth_of(auth.mechanism, again(auth, MARK))) == known(auth)


def test_a_challenge_is_but_a_mark() -> None:
    assert base64.b64decode(again(None, MARK)).decode() == MARK


def test_equal_secrets_are_equal_marks() -> None:
    vault = Vault()
    for sent in ("\0a\0pw-s3cret", "\0b\0pw-s3cret"):
        without_secrets("PLAIN", b64(sent), vault.take, lambda name: name)
    assert vault.counts == {SecretKind.PASSWORD: 2}
    assert vault.take(SecretKind.PASSWORD, "pw-s3cret") == "[redacted: password 1]"
