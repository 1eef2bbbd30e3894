"""
Failures 29 to 39: who may log in, whether Finesse is there, what events a client gets.

Each is told as a HAR and as packets, unless it is a recording itself.
"""

import pytest

from .case import Case, hold
from .har_changes import har
from .sessions import change, forms, live, polls, told_by
from .story import AGENT, End, Said, Story, story
from .words import (
    DOMAIN,
    PEER,
    presence,
    refused,
    service,
    user,
)

TEAM = "6444984307383862"
"""Number of the recorded request for the team."""

PUBSUB = f"pubsub.{DOMAIN}"


def conflict() -> tuple[Story, Story]:
    """A session that was ended by a second login, and that login."""
    first = story("conflict-second-login")
    begin_s = first.at("<conflict") - 0.1
    second = story()._replace(base="conflict-second-login", begin_s=begin_s)
    return first, second


def bound(*conditions: str) -> Story:
    """A bind request that gets an error."""
    told = story().until("<resource>desktop")._replace(calls=())
    at_s = told.said[-1].at_s + 0.01
    answer = Said(at_s, "S>", refused("_bind_auth_2", "cancel", *conditions))
    return told.saying(answer)._replace(end=End(20))


def subscribed(kind: str, *conditions: str) -> Story:
    """A subscription to the team that gets an error; the session goes on."""
    request = f"{TEAM}:subscribenode"
    return live(31).answering(f"id='{request}'", refused(request, kind, *conditions, by=PUBSUB))


def foreign() -> Story:
    """The same for a request that names somebody else's address."""
    told = subscribed("modify", "bad-request", "invalid-jid")
    ask = f'id="{TEAM}:subscribenode"'
    text = told.said[told.place(ask)].text
    own = f'jid="{AGENT}@{DOMAIN}/desktop"'
    return told.answering(ask, text.replace(own, own.replace("finesse", "finese")))


def unsubscribed(*conditions: str) -> Story:
    """A logout whose unsubscribe gets an error."""
    told = live(12)
    request = told.said[told.place(f'id="{TEAM}:subscribenode"')].text
    request = request.replace("subscribenode", "unsubscribenode")
    request = request.replace("<subscribe ", "<unsubscribe ")
    error = refused(f"{TEAM}:unsubscribenode", "modify", *conditions, by=PUBSUB)
    leave = '<presence type="unavailable" xmlns="jabber:client"/>'
    close = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>'
    return told.saying(
        Said(20.0, "C>", request),
        Said(20.01, "S>", error),
        Said(20.1, "C>", leave),
        Said(20.2, "C>", close),
    )._replace(end=End(20.3))


def twice() -> Story:
    """An event for the bare address, and its copy for the full one."""
    one = user(15, "READY")
    bare = f"to='{AGENT}@{DOMAIN}'"
    copy = one._replace(at_s=15.004, text=one.text.replace(bare, bare[:-1] + "/desktop'"))
    return live(31).saying(one, copy)


def without_events(told: Story) -> Story:
    """Nothing is heard of what is asked for by REST."""
    return told.without("<event").pinging(60).calling(change(20), change(30, "r-2"))


def silent_presence() -> Story:
    """The client never says that it is available."""
    return without_events(story().open_end()._replace(calls=()).without("<presence"))


def negative() -> Story:
    """It says so with a priority below 0."""
    plain = '<presence xmlns="jabber:client"/>'
    low = '<presence xmlns="jabber:client"><priority>-1</priority></presence>'
    told = story().open_end()._replace(calls=()).swapped(plain, low)
    return without_events(told.without(f"from='{PEER}'"))


CASES = (
    *told_by(
        Case(29, "conflict", "", dict, "ST-010", "live", "client", ("desktop",)),
        "conflict-second-login",
    ),
    Case(
        29,
        "conflict",
        "HAR: those of both PCs",
        lambda: {f"{n}.har": har(one) for n, one in enumerate(conflict())},
        "ST-027",
        "live",
        "client",
        ("second time (recording 2)", "session of recording 1"),
    ),
    *forms(
        Case(
            29,
            "conflict",
            "both logins",
            dict,
            "ST-027",
            "live",
            "client",
            ("resource of its own",),
        ),
        *conflict(),
    ),
    *forms(
        Case(
            30, "bind refused", "conflict", dict, "BI-007", "bind", "client", ("conflict-limit -1",)
        ),
        bound("conflict"),
    ),
    *forms(
        Case(
            30,
            "bind refused",
            "jid-malformed",
            dict,
            "BI-004",
            "bind",
            "client",
            ("jid-malformed",),
        ),
        bound("jid-malformed"),
    ),
    *told_by(
        Case(
            31,
            "finesse presence missing",
            "",
            dict,
            "FI-002",
            "presence",
            "server",
            ("UNABLE_TO_CONNECT_TO_XMPP_SERVER", "stop Cisco Finesse Tomcat"),
        ),
        "no-finesse-presence",
    ),
    *forms(
        Case(
            32,
            "Tomcat down",
            "",
            dict,
            "FI-024",
            "live",
            "server",
            ("stop Tomcat, stop Cisco Finesse Notification Service, start it, start Tomcat",),
            "degraded",
        ),
        live(100).saying(presence(20, "unavailable")).calling(*polls(25, 4)),
    ),
    *forms(
        Case(
            33,
            "CTI lost",
            "",
            dict,
            "FI-023",
            "live",
            "server",
            ("three missed heartbeats of 5 s", "CTI server"),
            "degraded",
        ),
        live(100)
        .saying(service(20, "OUT_OF_SERVICE"))
        .calling(change(25, "r-503", 503), *polls(30, 3, "OUT_OF_SERVICE")),
    ),
    *told_by(
        Case(
            34,
            "subscribe item-not-found",
            "",
            dict,
            "FI-006",
            "pubsub",
            "client",
            ("(item-not-found)", "no such node"),
            "degraded",
        ),
        "subscribe-missing-node",
    ),
    *(
        case
        for kind, conditions in (
            ("auth", ("forbidden",)),
            ("cancel", ("not-allowed", "closed-node")),
            ("auth", ("not-authorized",)),
        )
        for case in forms(
            Case(
                35,
                "subscribe forbidden",
                conditions[0],
                dict,
                "FI-006",
                "pubsub",
                "client",
                (f"({conditions[-1]})", "enableTeamAPIAccessForAllusers true"),
                "degraded",
            ),
            subscribed(kind, *conditions),
        )
    ),
    *forms(
        Case(
            36,
            "subscribe invalid-jid",
            "",
            dict,
            "PS-002",
            "pubsub",
            "client",
            (f"{AGENT}@finese.example.test/desktop", "bind result"),
            "degraded",
        ),
        foreign(),
    ),
    *forms(
        Case(
            37,
            "unsubscribe subid-required",
            "",
            dict,
            "PS-010",
            "live",
            "client",
            ("(subid-required", "Cancel each with its subid"),
            "degraded",
        ),
        unsubscribed("bad-request", "subid-required"),
    ),
    *forms(
        Case(
            38,
            "duplicate events",
            "",
            dict,
            "PS-012",
            "live",
            "client",
            ("bare and the full JID", "full JID only"),
            "degraded",
        ),
        twice(),
    ),
    *forms(
        Case(39, "no events at all", "no presence", dict, "OR-014", "presence", "client"),
        silent_presence(),
    ),
    *forms(
        Case(
            39,
            "no events at all",
            "negative priority",
            dict,
            "PR-002",
            "presence",
            "client",
            ("priority",),
            "degraded",
        ),
        negative(),
    ),
    *forms(
        Case(
            39,
            "no events at all",
            "202s without events",
            dict,
            "FI-034",
            "live",
            None,
            ("UNABLE_TO_CONNECT_TO_XMPP_SERVER", "priority is 0 or higher"),
            "degraded",
        ),
        without_events(story().open_end()._replace(calls=())),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_names_it(case: Case) -> None:
    hold(case)


@pytest.mark.parametrize("number", range(29, 40))
def test_every_one_of_them_has_a_case(number: int) -> None:
    assert number in {case.number for case in CASES}
