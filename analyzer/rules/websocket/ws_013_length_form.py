"""Lengths that are not written in the shortest form (RFC 6455 section 5.2)."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..violations import violations, weighed


def _check(session: Session) -> Iterator[Hit]:
    yield from weighed(session, violations(session, AnomalyCode.WS_LENGTH))


RULE = Rule(
    id="WS-013",
    severity=Severity.INFO,
    title="A length in a longer form than needed, in {count:frame|frames} of the {side!t}",
    cause="Up to 125 octets the length takes 7 bits, up to 65535 it takes 16, only above that 64 "
    "with the top bit 0. Many peers accept a longer form, strict ones close with 1002. Browsers "
    "and Openfire use the shortest, so a home-made library or a middlebox wrote these frames.",
    remedy="Nothing, as long as the session lives on. If it ended right behind such a frame, look "
    "at the User-Agent of the upgrade to find the application, and have its WebSocket library "
    "replaced; for a browser look for the proxy that writes the frames anew.",
    reference="RFC 6455 §5.2",
    needs=frozenset({Needs.FRAMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [text form=16] <presence xmlns='jabber:client' from='b@example.test'/>
        """,
    ),
    silent_on=("@login",),
)
