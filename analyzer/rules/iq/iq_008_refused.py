"""Requests of the client that the server refused (RFC 6120 section 8.3)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import merged
from .requests import asked_for, by_client, plain_requests


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "asked", "condition")


def _each(session: Session) -> Iterator[Hit]:
    for iq in plain_requests(session):
        answer = iq.answer
        if answer is not None and answer.error is not None and by_client(iq):
            error = answer.error
            values: dict[str, Value] = {
                "asked": asked_for(iq.request),
                "to": iq.request.receiver or "the server",
                "condition": error.pubsub or error.condition or "none",
                "text": error.text or "none",
            }
            yield Hit((answer.source, iq.request.source), values)


RULE = Rule(
    id="IQ-008",
    severity=Severity.INFO,
    title="The server refused {asked!t} with {condition!t}",
    cause="An error was the answer to {count:request|requests} to {to!t} (text: {text!t}). "
    "service-unavailable and feature-not-implemented: the server does not offer this, and a client "
    "may ask for it all the same. item-not-found: there is no such thing. forbidden, not-allowed, "
    "not-authorized: this user may not. recipient-unavailable: nobody at that address is online.",
    remedy="Nothing, if the agent missed nothing: clients ask for optional things (version, vCard, "
    "roster, service discovery). If something stayed empty on the agent's screen, check the "
    "address and node that were asked for and the rights of the user.",
    reference="RFC 6120 §8.3.3",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:roster'/></iq>
        5.1 S> <iq xmlns='jabber:client' id='a' type='error'><error type='cancel'>\
<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='/x'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' id='a' type='error'><error type='cancel'>\
<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:roster'/></iq>
        5.1 S> <iq xmlns='jabber:client' id='a' type='result'/>
        """,
    ),
)
