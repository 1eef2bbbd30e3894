"""A subscribe request without a node (XEP-0060 section 6.1.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import merged
from .requests import requests


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session))


def _each(session: Session) -> Iterator[Hit]:
    for iq, asked in requests(session):
        if not asked.node:
            yield Hit((iq.request.source,), {"service": iq.request.receiver or "the server"})


RULE = Rule(
    id="PS-003",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="No node in {count:subscribe request|subscribe requests} to {service!t}",
    cause="Without a node the request means the root of all nodes; servers refuse it "
    "(nodeid-required) or subscribe to nothing useful. Mostly a variable was still empty in the "
    "client: it did not know the team or queue id yet.",
    remedy="In the client wait until the id is there (for a team: the user's teamId from GET "
    "/finesse/api/User/ID) and then subscribe to /finesse/api/Team/TEAM/Users.",
    reference="XEP-0060 §6.1.1, §6.1.3",
    needs=frozenset({Needs.MESSAGES}),
    explains=("PS-004", "PS-006"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='' jid='a@example.test'/>\
</pubsub></iq>
        """,
    ),
    silent_on=("@login",),
)
