"""Subscribe requests of the client are found with what was granted."""

from msgspec.structs import replace

from analyzer.rules.pubsub.requests import granted, is_foreign, requests
from tests.rules.climb import climb

ASK = (
    "<iq xmlns='jabber:client' type='set' id='s{0}' to='pubsub.example.test'><pubsub "
    "xmlns='http://jabber.org/protocol/pubsub'><{1} node='/x{0}' jid='a@example.test'/>"
    "</pubsub></iq>"
)
LADDER = f"""
@login until=presence
5.0 C> {ASK.format(1, "subscribe")}
5.1 C> {ASK.format(2, "subscribe")}
5.2 C> {ASK.format(3, "subscribe")}
5.3 C> {ASK.format(4, "unsubscribe")}
5.4 S> {ASK.format(5, "subscribe")}
5.5 C> <iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>
6.0 S> <iq xmlns='jabber:client' type='result' id='s1'><pubsub \
xmlns='http://jabber.org/protocol/pubsub'><subscription node='/x1' subscription='subscribed'/>\
</pubsub></iq>
6.1 S> <iq xmlns='jabber:client' type='result' id='s2'/>
6.2 S> <iq xmlns='jabber:client' type='error' id='s3'><error type='cancel'/></iq>
"""


def test_only_what_the_client_asks_to_subscribe_counts() -> None:
    (session,) = climb(LADDER).sessions
    assert [asked.node for _, asked in requests(session)] == ["/x1", "/x2", "/x3"]


def test_a_result_grants_even_if_it_says_nothing() -> None:
    (session,) = climb(LADDER).sessions
    said, silent = granted(session)
    assert said.granted is not None
    assert (said.asked.node, said.granted.subscription) == ("/x1", "subscribed")
    assert (silent.asked.node, silent.granted) == ("/x2", None)
    assert (silent.request.id, silent.answer.id) == ("s2", "s2")


def test_an_address_of_another_user() -> None:
    (seen,) = climb("@login").sessions
    assert seen.jid is not None
    assert not is_foreign(seen, seen.jid)
    assert not is_foreign(seen, seen.jid.partition("/")[0])
    assert not is_foreign(seen, None)
    assert is_foreign(seen, "somebody@example.test/else")
    assert not is_foreign(replace(seen, jid=None), "somebody@example.test")
