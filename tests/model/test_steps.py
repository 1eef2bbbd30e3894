"""Each stanza of a login belongs to a step of it."""

from analyzer.model.session import StepName
from analyzer.model.steps import step_of
from analyzer.model.xmpp import StanzaKind
from tests.rules.climb import climb

SUBSCRIBE = (
    "5.0 C> <iq xmlns='jabber:client' type='set' id='s'><pubsub "
    "xmlns='http://jabber.org/protocol/pubsub'><subscribe node='n' jid='a@b'/></pubsub></iq>"
)


def test_a_login_goes_through_its_steps() -> None:
    (session,) = climb(f"@login\n{SUBSCRIBE}").sessions
    told = dict.fromkeys(map(step_of, session.stanzas))
    assert [step for step in told if step is not None] == [
        StepName.OPEN,
        StepName.AUTH,
        StepName.BIND,
        StepName.SESSION,
        StepName.PRESENCE,
        StepName.PUBSUB,
    ]


def test_a_message_belongs_to_none() -> None:
    (session,) = climb("@login\n6.0 S> <message xmlns='jabber:client'/>").sessions
    assert session.stanzas[-1].kind is StanzaKind.MESSAGE
    assert step_of(session.stanzas[-1]) is None
