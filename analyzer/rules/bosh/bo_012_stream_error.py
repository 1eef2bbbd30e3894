"""A stream error that does not come as one (XEP-0206 section 6)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StreamError
from .requests import turns


def _check(session: Session) -> Iterator[Hit]:
    wrapped = any(turn.condition == "remote-stream-error" for turn in turns(session))
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, StreamError) and stanza.direction is Direction.TO_CLIENT:
            if not wrapped:
                yield Hit((stanza.source,), {"condition": said.condition or "none"})
            return


RULE = Rule(
    id="BO-012",
    severity=Severity.WARNING,
    party=Party.SERVER,
    title="The stream error {condition!t} came without the termination that belongs to it",
    cause="In BOSH a stream error comes in a <body/> with type='terminate' and condition="
    "'remote-stream-error'. Without them the client does not learn that the session is over: it "
    "goes on asking and is refused with item-not-found.",
    remedy="The stream error itself is the cause to look for. The form is the server's: upgrade it "
    "if clients hang after the end of a session.",
    reference="XEP-0206 §6; XEP-0124 §17.2",
    needs=frozenset({Needs.BOSH, Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @bosh
        @login
        5.0 S> <body><stream:error><conflict/></stream:error></body>
        """,
    ),
    silent_on=(
        "@bosh\n@login",
        """
        @bosh
        @login
        5.0 S> <stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
)
