"""Patterns of nodes, part by part."""

import pytest
from msgspec.structs import replace

from analyzer.model.pubsub import Subscription
from analyzer.model.source import HarSource
from analyzer.model.xmpp import StanzaError
from analyzer.rules.nodes import absent_here, matches
from tests.rules.climb import climb

OWN = ("/finesse/api/User/*", "/finesse/api/SystemInfo")


@pytest.mark.parametrize(
    ("node", "meant"),
    [
        ("/finesse/api/User/1001", True),
        ("/finesse/api/user/1001/", True),
        ("/finesse/api/SystemInfo", True),
        ("/finesse/api/User", False),
        ("/finesse/api/User/1001/Dialogs", False),
        ("/other/api/User/1001", False),
        ("", False),
    ],
)
def test_a_pattern(node: str, *, meant: bool) -> None:
    assert matches(node, OWN) is meant


def test_no_pattern_means_nothing() -> None:
    assert not matches("/finesse/api/User/1", ())


INFO = """@har
@login
5.0 C> [http GET /finesse/api/SystemInfo 200] <SystemInfo>{}</SystemInfo>
6.0 C> <presence xmlns='jabber:client'/>
"""


UCCX = "<deploymentType>UCCX</deploymentType>"
QUEUE = Subscription(
    node="/finesse/api/Queue/7", jid="a", service="p", source=HarSource(0, 1, 1, None)
)


def refused(condition: str) -> StanzaError:
    return StanzaError(type="cancel", condition=condition)


@pytest.mark.parametrize(
    ("said", "asked", "absent"),
    [
        (UCCX, QUEUE, True),
        (UCCX.replace("UCCX", "uccx"), QUEUE, True),
        (UCCX, replace(QUEUE, error=refused("item-not-found")), True),
        (UCCX, replace(QUEUE, error=refused("service-unavailable")), False),
        (UCCX, replace(QUEUE, unsubscribe=True), False),
        (UCCX, replace(QUEUE, node="/finesse/api/Team/7"), False),
        (UCCX, replace(QUEUE, node=None), False),
        (UCCX.replace("UCCX", "UCCE"), QUEUE, False),
        ("<status>IN_SERVICE</status>", QUEUE, False),
    ],
)
def test_what_a_deployment_has_not(said: str, asked: Subscription, *, absent: bool) -> None:
    (session,) = climb(INFO.format(said)).sessions
    assert absent_here(session, asked) is absent


def test_without_system_info_nothing_is_known() -> None:
    (session,) = climb("@login").sessions
    assert not absent_here(session, QUEUE)
