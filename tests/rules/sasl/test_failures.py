"""A refusal belongs to the attempt before it."""

from analyzer.model.source import Side
from analyzer.model.xmpp import Auth, SaslFailure, StanzaKind
from analyzer.rules.sasl.failures import TOKEN_OCTETS, is_token, refusals, told
from tests.rules.said import session, stanza

PLAIN = Auth(mechanism="PLAIN", authcid="a", secret_octets=6)
PROOF = Auth(mechanism=None, secret_octets=28)
SCRAM = Auth(mechanism="SCRAM-SHA-1", authcid="b")
REFUSED = SaslFailure(condition="not-authorized")


def test_each_refusal_has_its_own_attempt() -> None:
    plain = stanza(Side.CLIENT, StanzaKind.AUTH, PLAIN)
    scram = stanza(Side.CLIENT, StanzaKind.AUTH, SCRAM)
    proof = stanza(Side.CLIENT, StanzaKind.RESPONSE, PROOF)
    failure = stanza(Side.SERVER, StanzaKind.FAILURE, REFUSED)
    made = session(plain, failure, scram, proof, failure, proof, failure, failure)
    found = list(refusals(made, {"not-authorized"}))
    assert [attempt for _, _, attempt in found] == [PLAIN, SCRAM, PROOF, None]
    assert {said for _, said, _ in found} == {REFUSED}
    assert list(refusals(made, {"aborted"})) == []


def test_what_the_client_calls_a_failure_is_none() -> None:
    assert list(refusals(session(stanza(Side.CLIENT, StanzaKind.FAILURE, REFUSED)), {""})) == []


def test_a_token_is_longer_than_any_password() -> None:
    assert is_token(Auth(mechanism="PLAIN", secret_octets=TOKEN_OCTETS))
    assert not is_token(PLAIN)
    assert not is_token(None)


def test_refusals_of_a_kind_are_told_once() -> None:
    plain = stanza(Side.CLIENT, StanzaKind.AUTH, PLAIN)
    failure = stanza(Side.SERVER, StanzaKind.FAILURE, REFUSED)
    made = session(*[plain, failure] * 30)
    (hit,) = told(made, refusals(made, {"not-authorized"}))
    assert (hit.values["count"], len(hit.evidence)) == (30, 20)
    assert hit.values["mechanism"] == "PLAIN"
    unasked = session(failure)
    (hit,) = told(unasked, refusals(unasked, {"not-authorized"}))
    assert hit.values["mechanism"] == "?"
    assert list(told(made, [])) == []


def test_of_a_password_not_even_the_length_is_told() -> None:
    token = Auth(mechanism="PLAIN", secret_octets=800)
    failure = stanza(Side.SERVER, StanzaKind.FAILURE, REFUSED)
    lengths = []
    for attempt in (PLAIN, token):
        made = session(stanza(Side.CLIENT, StanzaKind.AUTH, attempt), failure)
        (hit,) = told(made, refusals(made, {"not-authorized"}))
        lengths.append(hit.values.get("octets"))
    assert lengths == [None, 800]
