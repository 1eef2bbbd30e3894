"""Who logs in is told; the secret never is (RFC 4616, RFC 5802, RFC 7628)."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.xmpp import Auth
from analyzer.protocol.sasl import auth_of

BASE64, PLAIN = AnomalyCode.SASL_BASE64.value, AnomalyCode.SASL_PLAIN.value


def coded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


@pytest.mark.parametrize("text", ["", "="])
def test_a_message_of_no_octets(text: str) -> None:
    assert auth_of("PLAIN", text) == Auth(mechanism="PLAIN")
    assert auth_of(None, text) == Auth(mechanism=None)


# PLAIN


def test_what_a_finesse_desktop_sends() -> None:
    """The bare JID as authorization identity, the name, the password."""
    text = "YWRtaW5pc3RyYXRvckB1Y2N4cHViLnByYWJoYXQuY29tAGFkbWluaXN0cmF0b3IAMTIzNA=="
    assert auth_of("PLAIN", text) == Auth(
        mechanism="PLAIN",
        authzid="administrator@uccxpub.prabhat.com",
        authcid="administrator",
        secret_octets=4,
    )


def test_the_example_of_rfc_6120() -> None:
    """Section 9.1.2: juliet without an authorization identity."""
    found = auth_of("PLAIN", "AGp1bGlldAByMG0zMG15cjBtMzA=")
    assert (found.authzid, found.authcid, found.secret_octets) == (None, "juliet", 12)


def test_letters_of_the_secret_are_counted_as_octets() -> None:
    assert auth_of("plain", coded("\0a\0é".encode())).secret_octets == 2


@pytest.mark.parametrize(
    "octets",
    [b"a", b"\0a", b"a\0b\0c\0d", b"\0\0secret", b"\0name\0", b"\0na\xffme\0secret", b"\0\0"],
)
def test_a_message_of_another_shape_keeps_nothing(octets: bytes) -> None:
    assert auth_of("PLAIN", coded(octets)) == Auth(
        mechanism="PLAIN", secret_octets=len(octets), problem=PLAIN
    )


# base64


@pytest.mark.parametrize(
    "text", ["AGEAYg", "AGEAYg=", "AGEA\nYg==", " AGEAYg==", "AGEAYg==*", "ÄGEAYg==", "===="]
)
def test_what_is_no_base64_keeps_nothing(text: str) -> None:
    assert auth_of("PLAIN", text) == Auth(
        mechanism="PLAIN", secret_octets=len(text), problem=BASE64
    )


# SCRAM


def test_the_example_of_rfc_5802() -> None:
    """Section 5: the client's first message holds no secret, the last holds the proof."""
    first = auth_of("SCRAM-SHA-1", coded(b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"))
    assert first == Auth(mechanism="SCRAM-SHA-1", authcid="user")
    last = auth_of(
        None,
        coded(
            b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
        ),
    )
    assert last == Auth(mechanism=None, secret_octets=28)


def test_names_with_commas_are_unescaped() -> None:
    found = auth_of("SCRAM-SHA-256-PLUS", coded(b"p=tls-exporter,a=x=3Dy,n=us=2Cer,r=1"))
    assert (found.authzid, found.authcid) == ("x=y", "us,er")


@pytest.mark.parametrize("octets", [b"", b"n", b"n,,", b"\xff\xfe", b"n=user", b"a=x,n=y"])
def test_a_scram_message_of_another_shape(octets: bytes) -> None:
    found = auth_of("SCRAM-SHA-1", coded(octets) or "=")
    assert (found.authcid, found.secret_octets) == (None, 0)


# the others


def test_a_token_is_a_secret() -> None:
    """RFC 7628 section 4.1."""
    octets = (
        b"n,a=user@example.com,\x01host=server\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3R\x01\x01"
    )
    assert auth_of("OAUTHBEARER", coded(octets)) == Auth(
        mechanism="OAUTHBEARER", authzid="user@example.com", secret_octets=17
    )
    assert auth_of("oauthbearer", coded(b"n,,\x01")).secret_octets == 0


def test_external_names_an_identity() -> None:
    assert auth_of("EXTERNAL", coded(b"juliet@im.test")).authzid == "juliet@im.test"


def test_of_an_unknown_mechanism_only_the_length_is_told() -> None:
    assert auth_of("X-OWN", coded(b"secret")) == Auth(mechanism="X-OWN", secret_octets=6)


# responses


def test_plain_without_an_initial_response() -> None:
    found = auth_of(None, coded(b"\0juliet\0r0m30"))
    assert (found.authcid, found.secret_octets) == ("juliet", 5)


def test_any_other_response_is_a_secret() -> None:
    assert auth_of(None, coded(b"whatever")) == Auth(mechanism=None, secret_octets=8)


# tokens


def jwt(claims: bytes) -> bytes:
    parts = (b'{"alg":"RS256"}', claims, b"signature" * 20)
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)


@pytest.mark.parametrize(
    ("claims", "expires_s"),
    [
        (b'{"exp":1767225600}', 1_767_225_600),
        (b'{"sub":"1001001","exp":1767225600.9}', 1_767_225_600),
        ('{"sub":"jürgen>>>","exp":1767225600}'.encode(), 1_767_225_600),
        (b'{"sub":"1001001"}', None),
        (b'{"exp":"soon"}', None),
        (b'{"exp":-5}', None),
        (b'{"exp":1e300}', None),
        (b'{"exp":', None),
        (b'["exp"]', None),
    ],
)
def test_when_a_token_expires(claims: bytes, expires_s: int | None) -> None:
    expected = None if expires_s is None else expires_s * 1_000_000_000
    token = jwt(claims)
    assert auth_of("PLAIN", coded(b"\0juliet\0" + token)).expires_ns == expected
    bearer = b"n,a=juliet@im.test,\x01auth=Bearer " + token + b"\x01\x01"
    assert auth_of("OAUTHBEARER", coded(bearer)).expires_ns == expected


@pytest.mark.parametrize("secret", [b"r0m30", b"a.b.c", b"eyJ.eyJ", b"x.eyJhbG\xc3\xa4.z"])
def test_a_password_does_not_expire(secret: bytes) -> None:
    assert auth_of("PLAIN", coded(b"\0juliet\0" + secret)).expires_ns is None


# laws


MECHANISMS = st.sampled_from(["PLAIN", "SCRAM-SHA-1", "OAUTHBEARER", "EXTERNAL", "X", "", None])


@given(MECHANISMS, st.one_of(st.text(max_size=60), st.binary(max_size=60).map(coded)))
def test_anything_is_decoded(mechanism: str | None, text: str) -> None:
    found = auth_of(mechanism, text)
    assert found.mechanism == mechanism
    assert found.secret_octets >= 0


@given(st.text(min_size=8, max_size=40).filter(lambda secret: "\0" not in secret))
def test_a_password_is_in_no_field(secret: str) -> None:
    octets = f"\0somebody\0{secret}".encode("utf-8", "replace")
    found = auth_of("PLAIN", coded(octets))
    assert secret not in repr(found)
    assert found.authcid == "somebody"
