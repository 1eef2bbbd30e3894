"""Masking keys that do not vary (RFC 6455 section 10.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ..evidence import beginning

_ENOUGH = 4
"""Masked frames from which on a repeated key is no chance: one in 2 to the 32 each time."""


def _check(session: Session) -> Iterator[Hit]:
    facts = session.frames.get(Direction.TO_SERVER)
    if facts is not None and facts.keyed >= _ENOUGH and facts.masking_keys * 2 <= facts.keyed:
        yield Hit((beginning(session),), {"keys": facts.masking_keys, "frames": facts.keyed})


RULE = Rule(
    id="WS-010",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="The client masks its frames with keys that repeat ({keys:key|keys} in "
    "{frames:frame|frames})",
    cause="Each frame needs a new unpredictable key, so that nobody can make a browser write "
    "octets of his choice to a proxy. A fixed key (often all zero) shows a home-made WebSocket "
    "client or a test tool; a server cannot tell and accepts it.",
    remedy="Nothing for the fault at hand. It tells you that this is no browser: find the "
    "application by User-Agent and address, and tell its maker.",
    reference="RFC 6455 §5.3, §10.3",
    needs=frozenset({Needs.FRAMES}),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 C> [frame opcode=9 mask=00000000 hex=01]
        5.1 C> [frame opcode=9 mask=00000000 hex=02]
        5.2 C> [frame opcode=9 mask=00000000 hex=03]
        5.3 C> [frame opcode=9 mask=00000000 hex=04]
        """,
    ),
    silent_on=("@login",),
)
