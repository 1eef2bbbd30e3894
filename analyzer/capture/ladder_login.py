"""The healthy login of a Finesse desktop that `@login` of a ladder stands for."""

from collections.abc import Iterator
from string import Template

from ..model.session import StepName

PAUSE_NS = 50_000_000
"""Between two stanzas of the login."""

_OPEN = (
    "C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>",
    (
        "S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='7y7xa2nfsm' "
        "xml:lang='en' version='1.0'/>"
    ),
)

_SUBSCRIBE = (
    (
        "C> <iq xmlns='jabber:client' type='set' from='$user@example.test/$resource' "
        "to='pubsub.example.test' id='$id:subscribenode'>"
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        "<subscribe node='$node' jid='$user@example.test/$resource'/></pubsub></iq>"
    ),
    (
        "S> <iq xmlns='jabber:client' type='result' from='pubsub.example.test' "
        "to='$user@example.test/$resource' id='$id:subscribenode'>"
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        "<subscription node='$node' jid='$user@example.test/$resource' subid='$id' "
        "subscription='subscribed'/></pubsub></iq>"
    ),
)


def _subscribe(node: str, number: int) -> tuple[str, ...]:
    return tuple(line.replace("$node", node).replace("$id", f"{number}") for line in _SUBSCRIBE)


_LINES: dict[StepName, tuple[str, ...]] = {
    StepName.CONNECT: (),
    StepName.TLS: (),
    StepName.UPGRADE: (),
    StepName.OPEN: (
        *_OPEN,
        (
            "S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'>"
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            "<mechanism>PLAIN</mechanism></mechanisms></stream:features>"
        ),
    ),
    StepName.AUTH: (
        # PLAIN without an authorization identity: NUL, name, NUL, password (RFC 4616).
        "C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>$plain</auth>",
        "S> <success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    ),
    StepName.BIND: (
        *_OPEN,
        (
            "S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'>"
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
            "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>"
            "</stream:features>"
        ),
        (
            "C> <iq xmlns='jabber:client' type='set' id='_bind_auth_2'>"
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            "<resource>$resource</resource></bind></iq>"
        ),
        (
            "S> <iq xmlns='jabber:client' type='result' id='_bind_auth_2'>"
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            "<jid>$user@example.test/$resource</jid></bind></iq>"
        ),
    ),
    StepName.SESSION: (
        (
            "C> <iq xmlns='jabber:client' type='set' id='_session_auth_2'>"
            "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>"
        ),
        (
            "S> <iq xmlns='jabber:client' type='result' id='_session_auth_2' "
            "to='$user@example.test/$resource'/>"
        ),
    ),
    StepName.PRESENCE: (
        "C> <presence xmlns='jabber:client'/>",
        (
            "S> <presence xmlns='jabber:client' from='finesse@example.test/x' "
            "to='$user@example.test/$resource'/>"
        ),
    ),
    StepName.PUBSUB: (
        *_subscribe("/finesse/api/User/$user", 1),
        *_subscribe("/finesse/api/Team/5/Users", 2),
    ),
    StepName.LIVE: (
        (
            "S> <message xmlns='jabber:client' from='pubsub.example.test' to='$user@example.test' "
            "id='aB3dE5fG'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
            "<items node='/finesse/api/User/$user'><item id='1'>"
            "<notification xmlns='http://jabber.org/protocol/pubsub'>"
            "&lt;Update&gt;&lt;data&gt;&lt;user&gt;&lt;loginId&gt;$user&lt;/loginId&gt;"
            "&lt;state&gt;NOT_READY&lt;/state&gt;&lt;/user&gt;&lt;/data&gt;"
            "&lt;event&gt;PUT&lt;/event&gt;&lt;requestId&gt;&lt;/requestId&gt;"
            "&lt;source&gt;/finesse/api/User/$user&lt;/source&gt;&lt;/Update&gt;"
            "</notification></item></items></event></message>"
        ),
    ),
}


def login(until: StepName, user: str, resource: str, plain: str) -> Iterator[str]:
    """
    The lines of a login, without times.

    Args:
        until: Last step of it.
        user: Local part of the agent's address.
        resource: What it binds.
        plain: Text of its `<auth/>`.
    """
    steps = list(StepName)
    for step in steps[: steps.index(until) + 1]:
        for line in _LINES[step]:
            yield Template(line).substitute(user=user, resource=resource, plain=plain)
