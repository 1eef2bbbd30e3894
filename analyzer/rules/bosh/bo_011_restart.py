"""A restart at the wrong time (XEP-0206 section 5)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import StanzaKind
from ..progress import effect_of_stop
from .requests import place, turns


def _check(session: Session) -> Iterator[Hit]:
    times = (s.source.time_ns for s in session.negotiation if s.kind is StanzaKind.SUCCESS)
    succeeded = next((time for time in times if time is not None), None)
    for turn in turns(session):
        if turn.request.get("xmpp:restart") not in {"true", "1"} or session.gaps:
            continue
        early = succeeded is None or (turn.asked_ns or succeeded) < succeeded
        if early or not turn.empty:
            problem = (
                "before it was authenticated"
                if early
                else "with other elements in the same request"
            )
            yield Hit((place(session, turn),), {"problem": problem}, effect=effect_of_stop(session))
            return


RULE = Rule(
    id="BO-011",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="The client restarted the stream {problem!t}",
    cause="In BOSH a new stream begins with xmpp:restart='true' on an empty <body/>, once, behind "
    "<success/>. Before it there is nothing to restart, and elements beside it belong to neither "
    "the old stream nor the new one: the server drops them or ends the session.",
    remedy="Correct the client library. Strophe.js does it right; home-made clients send the bind "
    "request along with the restart.",
    reference="XEP-0206 §5",
    needs=frozenset({Needs.BOSH, Needs.MESSAGES, Needs.START}),
    explains=("OR-003", "OR-008"),
    check=_check,
    fires_on=(
        """
        @bosh
        @login until=open
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm' xmpp:restart='true'/>
        """,
        """
        @bosh
        @login
        5.0 C> <body rid='1573741830' sid='7y7xa2nfsm' xmpp:restart='1'><presence/></body>
        """,
    ),
    silent_on=("@bosh\n@login", "@login"),
)
