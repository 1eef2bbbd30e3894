"""SystemInfo sends a client outside to a node by a name that leads nowhere there."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.http import host_of
from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Session, StepName, StepStatus
from ..consequences import ENDINGS
from ..evidence import beginning
from ..net_errors import net_error


def _check(session: Session) -> Iterator[Hit]:
    info, step = session.system_info, session.step(StepName.CONNECT)
    if info is None or step is None or step.status is not StepStatus.FAILED:
        return
    node, told_by = host_of(f"//{session.server}"), host_of(info.url)
    nodes = [name.lower() for name in (info.primary_node, info.secondary_node) if name]
    if node in nodes and told_by not in {"", node}:
        values: dict[str, Value] = {
            "node": node,
            "proxy": told_by,
            "error": net_error(session) or step.detail or "no connection",
        }
        yield Hit((beginning(session), info.source), values)


_TOLD = """
        @har
        @url https://{host}:8445/ws/
        1.0 C> [http GET /finesse/api/SystemInfo 200] <SystemInfo>\
<primaryNode><host>a.internal</host></primaryNode></SystemInfo>
        @connection 9
        @url wss://a.internal:8445/ws/
        {then}
        """


RULE = Rule(
    id="CO-041",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="SystemInfo of {proxy} sends the client to {node}, which it cannot reach ({error})",
    cause="The client asked {proxy} for SystemInfo and was told {node} as a node, went there for "
    "the WebSocket, and got no connection. From outside, the reverse proxy must replace the nodes' "
    "internal host names by names that lead to itself, in SystemInfo and everywhere else; its map "
    "file does not hold {node}, or holds it with another spelling, port or domain. Inside, the "
    "same client works.",
    remedy="1. From outside open https://{proxy}/finesse/api/SystemInfo with its port: primaryNode "
    "and secondaryNode must be names that resolve there and lead to the proxy. 2. If they are "
    "internal, correct the proxy's map file (one line for each node: internal name, outside name, "
    "port), restart the proxy, and have agents reload without cache. 3. If they are right, add "
    "them to the DNS outside: nslookup {node}.",
    reference="Cisco Finesse Reverse Proxy Installer Guide 15.0, verify the configuration",
    explains=("CO-001", "CO-002", "CO-003", "CO-032", "CO-034", *ENDINGS),
    check=_check,
    fires_on=(_TOLD.format(host="proxy.test", then="@no-connect silent"),),
    silent_on=(
        _TOLD.format(host="a.internal", then="@no-connect silent"),
        _TOLD.format(host="proxy.test", then="@login"),
        "@har\n@no-connect silent",
        "@login",
    ),
)
