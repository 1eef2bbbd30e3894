"""Stream management that the server does not grant (XEP-0198 sections 3 and 5)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.stream import StreamManagement
from ...model.xmpp import Stanza, StanzaKind

_GRANTED = {"enable": "enabled", "resume": "resumed"}


def _check(session: Session) -> Iterator[Hit]:
    said = [one for one in session.negotiation if one.kind is StanzaKind.STREAM_MANAGEMENT]
    for index, stanza in enumerate(said):
        asked = _name(stanza)
        if stanza.direction is not Direction.TO_SERVER or asked not in _GRANTED:
            continue
        answer = next((s for s in said[index:] if _name(s) in {_GRANTED[asked], "failed"}), None)
        if answer is not None and _name(answer) != "failed":
            continue
        told = answer.payload if answer is not None else None
        condition = told.condition if isinstance(told, StreamManagement) else None
        places = (stanza.source,) if answer is None else (stanza.source, answer.source)
        word = "no answer" if answer is None else condition or "failed"
        yield Hit(places, {"asked": asked, "answer": word})
        return


def _name(stanza: Stanza) -> str:
    return stanza.name.rpartition("}")[2]


RULE = Rule(
    id="SM-001",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client asked for stream management (<{asked}/>) and did not get it ({answer!t})",
    cause="With XEP-0198 both sides count stanzas and a client can go on with its old session when "
    "the connection broke. Finesse does not support it. To <resume/> a server also says no when "
    "the old session is gone (item-not-found): it waited too long, or was restarted. The client "
    "then has to log in and subscribe anew; events of the time between are lost.",
    remedy="Switch stream management off in the client, and have it log in, fetch its state by "
    "REST and subscribe again after every reconnect. If it does so already when it is refused, "
    "nothing is to be done.",
    reference="XEP-0198 §3, §5; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <resume xmlns='urn:xmpp:sm:3' h='5' previd='a'/>
        5.1 S> <failed xmlns='urn:xmpp:sm:3'>\
<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>
        """,
        "@tcp\n@login\n5.0 C> <enable xmlns='urn:xmpp:sm:3'/>",
        "@login\n5.0 C> <enable xmlns='urn:xmpp:sm:3'/>\n5.1 S> <failed xmlns='urn:xmpp:sm:3'/>",
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <enable xmlns='urn:xmpp:sm:3' resume='true'/>
        5.1 S> <enabled xmlns='urn:xmpp:sm:3' id='a' resume='true'/>
        5.2 S> <r xmlns='urn:xmpp:sm:3'/>
        5.3 C> <a xmlns='urn:xmpp:sm:3' h='1'/>
        """,
    ),
)
