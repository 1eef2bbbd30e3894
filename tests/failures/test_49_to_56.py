"""
Failures 49 to 56: REST and its events, forced logouts, BOSH, what the browser refuses.

| failure | HAR | packets |
|---|---|---|
| 55 CORS, frame-ancestors | yes | no: what the browser keeps from the page came like any other |
| 56 persistent log empty | no | no: see `NOT_SHOWN` |
"""

import copy
from typing import Any

import pytest

from .case import Case, hold
from .har_changes import blocked, entries_of, moved, with_entries
from .sessions import change, forms, live, lost, ping, told_by
from .story import Call, Story, posts, story
from .words import DIALOGS, event, update, user

TERMINATE = "<body type='terminate' condition='item-not-found' xmlns='http://jabber.org/protocol/httpbind'/>"
"""What a server answers to a session or a request that it does not know."""


def no_event() -> Story:
    """Two calls are accepted; the event of the first comes, that of the second does not."""
    told = live(62).calling(change(20), change(30, "r-2"))
    return told.saying(user(20.3, "READY", "r-1"), user(45, "TALKING"))


def refused_later() -> Story:
    """A call is accepted, and its event tells that the telephony side refused it."""
    error = (
        "<apiErrors><apiError><errorData>34</errorData>"
        "<errorMessage>CF_RESOURCE_OUT_OF_SERVICE</errorMessage>"
        "<errorType>Call Operation Failure</errorType></apiError></apiErrors>"
    )
    body = "<Dialog><requestedAction>MAKE_CALL</requestedAction></Dialog>"
    told = event(20.4, DIALOGS, update(error, "/finesse/api/Dialog/32458581", "r-1"))
    return live(62).calling(Call(20, "POST", DIALOGS, 202, body, request_id="r-1")).saying(told)


def throttled_out() -> Story:
    """Pings stop for three minutes, events go on; then Finesse has logged the agent out."""
    told = live(20).saying(user(60, "READY"), ping(200, "90"), user(201, "LOGOUT", reason="255"))
    reply = told.said[told.place(":ping", 1)]
    text = reply.text.replace(_id(reply.text), "90:ping")
    return told.saying(reply._replace(at_s=200.01, text=text))


def _id(text: str) -> str:
    return text.split("id='")[1].split("'", maxsplit=1)[0]


def away() -> tuple[Story, Story]:
    """The connection dies, and the agent comes back after three minutes, logged out."""
    back = story().open_end()._replace(calls=(), begin_s=180.0).pinging(30)
    return lost(20), back.saying(user(3, "NOT_READY", reason="255"))


def logged_out() -> Story:
    """Nothing shows why."""
    return live(62).saying(user(61, "LOGOUT", reason="255"))


def late() -> Story:
    """Events nine and twelve seconds behind their calls."""
    told = live(62).calling(change(20), change(40, "r-2"))
    return told.saying(user(29, "READY", "r-1"), user(52, "READY", "r-2"))


def bosh(*calls: Call) -> Story:
    """A session carried by BOSH."""
    return Story("good-ws", (), None, calls, bare=True)


def repeated(status: int) -> Story:
    """An answer is lost on the way; the request is sent again, and the server knows it no more."""
    *before, last = posts()[:10]
    vain = last._replace(status=0, answer="", took_s=5.0)
    answer = TERMINATE if status == 200 else "unknown"
    return bosh(*before, vain, last._replace(at_s=last.at_s + 6, status=status, answer=answer))


def inactive() -> Story:
    """No request for more than a minute; the server allows 30 s."""
    *before, last = posts()[:10]
    return bosh(*before, last._replace(at_s=last.at_s + 65, answer=TERMINATE))


CRM = "https://crm.example.test"


def of_another_origin(*, preflight: bool) -> dict[str, bytes]:
    """A page of a CRM asks for a change by REST, and the browser lets nothing through."""
    found = []
    for entry in entries_of("good-ws"):
        if entry["_resourceType"] == "websocket":
            continue
        if "/finesse/api/" in entry["request"]["url"]:
            headers = [h for h in entry["request"]["headers"] if h["name"] != "Origin"]
            entry["request"]["headers"] = [*headers, {"name": "Origin", "value": CRM}]
            found += [asked_before(entry)] if preflight else []
            found.append(blocked(entry, "net::ERR_FAILED"))
        else:
            found.append(entry)
    return {"session.har": with_entries("good-ws", found)}


def asked_before(entry: Any) -> Any:
    """The preflight of a request, whose answer allows nothing."""
    entry = copy.deepcopy(entry)
    method = {"name": "Access-Control-Request-Method", "value": entry["request"]["method"]}
    entry["request"]["method"] = "OPTIONS"
    entry["request"]["headers"].append(method)
    entry["response"] |= {"status": 200, "_error": None}
    return moved(entry, -0.02)


def framed() -> dict[str, bytes]:
    """The desktop in a frame of a CRM."""
    (page, *_) = entries_of("good-ws")
    page["request"]["headers"].append({"name": "Referer", "value": f"{CRM}/case/7"})
    return {"session.har": with_entries("good-ws", [blocked(page, "net::ERR_BLOCKED_BY_RESPONSE")])}


def bosh_of_another_origin() -> dict[str, bytes]:
    """A custom client of a CRM's page tries BOSH."""
    found = [e for e in entries_of("firefox-good-bosh") if "/http-bind" in e["request"]["url"]][:3]
    for entry in found:
        headers = [h for h in entry["request"]["headers"] if h["name"] != "Origin"]
        entry["request"]["headers"] = [*headers, {"name": "Origin", "value": CRM}]
        first = found[0]["request"]["postData"]["text"]
        entry["request"]["postData"]["text"] = first
    barred = [blocked(entry, "NS_ERROR_DOM_BAD_URI") for entry in found]
    return {"session.har": with_entries("firefox-good-bosh", barred)}


ALLOW = f"utils finesse cors allowed_origin add {CRM}:443"

CASES = (
    *forms(
        Case(
            49,
            "202, no event",
            "",
            dict,
            "FI-010",
            "live",
            "server",
            ("lastCTIHeartbeatStatus",),
            "degraded",
        ),
        no_event(),
    ),
    *forms(
        Case(
            50,
            "asynchronous error",
            "",
            dict,
            "FI-021",
            "live",
            "server",
            ("CF_RESOURCE_OUT_OF_SERVICE", "Unified CM"),
            "degraded",
        ),
        refused_later(),
    ),
    *forms(
        Case(
            51,
            "forced logout 255",
            "behind a throttled tab",
            dict,
            "TI-001",
            "live",
            "client",
            ("reason 255",),
            "degraded",
        ),
        throttled_out(),
    ),
    *forms(
        Case(52, "late events", "", dict, "TI-004", "live", None, ("12.0",), "degraded"),
        late(),
        only="HAR",
    ),
    *forms(
        Case(52, "late events", "", dict, "TI-004", "live", "server", ("12.0",), "degraded"),
        late(),
        only="packets",
    ),
    *forms(
        Case(
            51, "forced logout 255", "", dict, "FI-022", "live", None, ("60 to 180 s",), "degraded"
        ),
        logged_out(),
    ),
    *forms(
        Case(
            51,
            "forced logout 255",
            "the connection was lost before",
            dict,
            "CO-004",
            "live",
            None,
            (),
            "degraded",
        ),
        *away(),
    ),
    *(
        case
        for status in (200, 404)
        for case in forms(
            Case(
                53,
                "BOSH rid out of window",
                f"answered {status}",
                dict,
                "BO-004",
                "live",
                None,
                ("sent a second time", "WebSocket"),
            ),
            repeated(status),
        )
    ),
    *forms(
        Case(
            54,
            "BOSH inactivity",
            "",
            dict,
            "BO-006",
            "live",
            "client",
            ("background tab", "30 s are allowed"),
        ),
        inactive(),
    ),
    *told_by(
        Case(
            55,
            "frame-ancestors",
            "",
            dict,
            "CO-043",
            "upgrade",
            "server",
            ("http://crm.example.test:8391",),
        ),
        "cross-origin-playwright",
        only="HAR",
    ),
    Case(
        55,
        "CORS",
        "HAR: preflight",
        lambda: of_another_origin(preflight=True),
        "CO-043",
        "upgrade",
        "server",
        (ALLOW, "utils service restart Cisco Finesse Tomcat"),
    ),
    Case(
        55,
        "CORS",
        "HAR: without preflight",
        lambda: of_another_origin(preflight=False),
        "CO-043",
        "upgrade",
        "server",
        (ALLOW,),
    ),
    Case(55, "CORS", "HAR: BOSH", bosh_of_another_origin, "CO-043", "open", "server", (ALLOW,)),
    Case(
        55,
        "frame-ancestors",
        "HAR",
        framed,
        "CO-043",
        "upgrade",
        "server",
        (f"utils finesse frame_access_allowed_list add {CRM}:443",),
    ),
)

NOT_SHOWN = {
    56: "the desktop's own log is a file on the PC; neither it nor its setting (lls=true in the "
    "address of /desktop/locallog) is part of a session"
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_names_it(case: Case) -> None:
    hold(case)


@pytest.mark.parametrize("number", range(49, 57))
def test_every_one_that_a_recording_can_show_has_a_case(number: int) -> None:
    assert (number in {case.number for case in CASES}) is (number not in NOT_SHOWN)
