"""A node that the profile expects, and nobody subscribed to (Cisco: Subscription Management)."""

from collections.abc import Iterator
from functools import cache

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName, StepStatus
from ..evidence import of_step
from ..nodes import matches
from ..progress import seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    profile = session.profile
    wanted = _wanted(profile.expected_nodes, profile.auto_nodes)
    presence = session.step(StepName.PRESENCE)
    if not wanted or session.gaps or presence is None or presence.status not in _DONE:
        return
    watched = until_end(session, presence.asked)
    if watched is None or watched < profile.iq_timeout_ms * 1_000_000:
        return
    asked = {one.node for one in session.subscriptions if one.node and not one.unsubscribe}
    asked |= {one.node for one in session.deliveries if one.node}
    missing = [node for node in wanted if not any(matches(one, (node,)) for one in asked)]
    if missing:
        values: dict[str, Value] = {
            "node": missing[0],
            "nodes": len(missing),
            "watched_s": seconds(watched),
            "profile": profile.name,
        }
        yield Hit((of_step(session, presence),), values)


@cache
def _wanted(expected: tuple[str, ...], auto: tuple[str, ...]) -> tuple[str, ...]:
    """Those that a client has to ask for; the same for all sessions of a profile."""
    return tuple(node for node in expected if not matches(node, auto))


_DONE = frozenset({StepStatus.DONE, StepStatus.LATE})

RULE = Rule(
    id="FI-027",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="The client did not subscribe to {node}",
    cause="The profile {profile} expects it ({nodes:node is|nodes are} missing; * is an id). In "
    "the {watched_s} s after the presence no request asked for it and no event of it came, and "
    "Finesse subscribes a user only to User, Dialogs, Media and SystemInfo by itself. What is "
    "published there does not reach this client: its gadget shows what it was when it loaded.",
    remedy="Look whether the gadget that needs it loaded (Network tab, script errors), and whether "
    "the user has the role and the team: GET /finesse/api/User/ID. In a custom client subscribe "
    "once finesse@DOMAIN is available. If this user needs no such node, choose another profile, or "
    "take it from expected_nodes (stanzascope profile show {profile}).",
    reference="Cisco DevNet, Finesse: Subscription Management; XEP-0060 §6.1",
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @profile finesse-supervisor
        @login until=presence
        30.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
    ),
    silent_on=(
        "@login until=presence\n30.0 C> [ping]",
        "@profile finesse-supervisor\n@login until=session\n30.0 C> [ping]",
        "@profile finesse-supervisor\n@login until=presence",
        "@profile finesse-supervisor\n@login\n30.0 C> [ping]",
    ),
)
