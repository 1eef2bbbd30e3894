"""Signatures of a server."""

import pytest
from itsdangerous import BadSignature, SignatureExpired

from analyzer.web.guard.doorkeeper import MOST_ENDED, Doorkeeper, Signer, doorkeeper_of
from analyzer.web.guard.token import Secrets
from tests.web.guard.asking import SECOND, Clock, doorkeeper, scope, seen_by, settings


def test_a_signature_is_good_for_its_purpose_and_time() -> None:
    clock = Clock()
    keeper = doorkeeper(clock)
    signed = keeper.signer("cookie").sign("text")
    clock.now += 60 * SECOND
    assert keeper.signer("cookie").unsign(signed, max_age=60) == b"text"
    with pytest.raises(BadSignature):
        keeper.signer("form").unsign(signed, max_age=60)
    clock.now += SECOND
    with pytest.raises(SignatureExpired):
        keeper.signer("cookie").unsign(signed, max_age=60)


def test_what_was_signed_in_the_future_is_not_good() -> None:
    clock = Clock()
    keeper = doorkeeper(clock)
    signed = keeper.signer("cookie").sign("text")
    clock.now -= SECOND
    with pytest.raises(SignatureExpired):
        keeper.signer("cookie").unsign(signed, max_age=60)


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("another-token-than-before", b"k"),
        ("the-token", b"another"),
        ("", b"k"),
        # The same octets, but not the same token.
        ("e-token", b"kth"),
    ],
)
def test_another_token_or_key_knows_none_of_them(token: str, key: bytes) -> None:
    def keeper(token: str, key: bytes) -> Doorkeeper:
        return Doorkeeper(settings(token=token), Secrets(token=token, key=key), Clock())

    signed = keeper("the-token", b"k").signer("cookie").sign("text")
    assert keeper("the-token", b"k").signer("cookie").unsign(signed) == b"text"
    with pytest.raises(BadSignature):
        keeper(token, key).signer("cookie").unsign(signed)


def test_sha_256_signs() -> None:
    signed = Signer(b"key", "purpose", Clock()).sign("text").decode()
    assert len(signed.rpartition(".")[2]) == 43


def test_ended_sessions_are_remembered_in_bounded_memory() -> None:
    keeper = doorkeeper()
    for number in range(MOST_ENDED + 5):
        keeper.end(str(number))
    keeper.end(str(MOST_ENDED))
    assert not keeper.has_ended("4")
    assert keeper.has_ended("5")
    assert keeper.has_ended(str(MOST_ENDED))
    assert not keeper.has_ended("another")


def test_it_is_found_in_the_scope() -> None:
    keeper = doorkeeper()
    assert doorkeeper_of(seen_by(keeper, scope())) is keeper
