"""ICMP says that the server cannot be reached (RFC 792, RFC 4443)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Session, StepName, StepStatus
from ..consequences import ENDINGS


def _check(session: Session) -> Iterator[Hit]:
    step = session.step(StepName.CONNECT)
    if step is None or step.status is not StepStatus.FAILED:
        return
    told = next((one for one in session.unreachables if one.code == step.detail), None)
    if told is not None:
        values: dict[str, Value] = {"code": told.code, "reporter": told.reporter}
        yield Hit((told.source,), values | {"server": session.server})


RULE = Rule(
    id="CO-032",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.NETWORK,
    title="{server} cannot be reached: {code}, says {reporter}",
    cause="The client's SYN came back as an ICMP message of {reporter}. Administratively "
    "prohibited, or port unreachable from an address in between: a firewall or access list refuses "
    "this connection on purpose. Port unreachable from the server itself: its own firewall. Host "
    "unreachable: the last router finds no such machine (switched off, other VLAN, wrong address). "
    "Network unreachable: no route, often a VPN that is not up. Time exceeded: a routing loop.",
    remedy="1. Find out who {reporter} is; its owner has the answer (rule, route, ARP table). "
    "2. Compare with a PC that works: same VLAN, same VPN profile, same address for the host name? "
    "3. Prohibited: have the port of the desktop opened from the agents' network (8445; 7443 up to "
    "12.5). 4. Host unreachable: see whether the node is up, and DNS gives its present address.",
    reference="RFC 792; RFC 1812 §5.2.7.1; RFC 4443 §3.1",
    explains=(*ENDINGS, "CO-002"),
    check=_check,
    fires_on=(
        """
        @no-connect silent
        @icmp administratively prohibited
        """,
    ),
    silent_on=(
        "@no-connect silent",
        "@no-connect refused\n@icmp host unreachable",
        "@login\n@icmp fragmentation needed mtu=1400",
        "@har\n@no-connect silent",
    ),
)
