"""A Close frame that the other side did not answer (RFC 6455 section 5.5.1)."""

from collections.abc import Iterator

from ...model.flow import EndCause
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.websocket import Opcode
from ..violations import SIDES

_ENDED = frozenset({EndCause.FIN, EndCause.RST})


def _check(session: Session) -> Iterator[Hit]:
    tcp = session.close.tcp
    closes = [frame for frame in session.control_frames if frame.opcode == Opcode.CLOSE]
    one_sided = len({frame.direction for frame in closes}) == 1
    # A browser that is done does not wait for the other side's Close.
    if one_sided and tcp in _ENDED and not session.close.orderly and not session.gaps:
        side, peer = SIDES[closes[0].direction]
        values: dict[str, Value] = {"side": side, "peer": peer, "tcp": tcp or ""}
        yield Hit((closes[0].source,), values)


RULE = Rule(
    id="WS-019",
    severity=Severity.INFO,
    title="The {peer!t} did not answer the Close of the {side!t}",
    cause="A Close is answered by a Close before TCP ends. Here TCP ended ({tcp}) without it: the "
    "{peer!t} was gone already, or closes the hard way. A browser whose own Close stays unanswered "
    "reports 1006 in its console, whatever code it sent.",
    remedy="Nothing, if the session was to end. If it was not, the first Close and what came "
    "before it tell the reason.",
    reference="RFC 6455 §5.5.1, §7.1.5",
    needs=frozenset({Needs.FRAMES, Needs.PACKETS}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1012 restart]
        5.1 C> [rst]
        """,
    ),
    silent_on=(
        """
        @login
        5.0 S> [close 1012 restart]
        5.1 C> [close 1012]
        5.2 S> [fin]
        """,
    ),
)
