"""Finesse says that it is out of service (SystemInfo event)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.pubsub import Delivery
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..progress import seconds, until_end


def _check(session: Session) -> Iterator[Hit]:
    lost: Delivery | None = None
    outages: list[tuple[int, Delivery]] = []
    for one in session.deliveries:
        update = one.update
        if update is None or update.subject != "systeminfo":
            continue
        state = (update.state or "").upper()
        if lost is None and state == "OUT_OF_SERVICE":
            lost = one
        elif lost is not None and state == "IN_SERVICE":
            outages.append(((one.time_ns or 0) - (lost.time_ns or 0), lost))
            lost = None
    if lost is not None:
        outages.append((until_end(session, lost.source) or 0, lost))
    if outages:
        longest, begun = max(outages, key=lambda outage: outage[0])
        back = "yes" if lost is None else "no"
        values: dict[str, Value] = {"lasted_s": seconds(longest), "back": back}
        yield Hit((begun.source,), {**values, "count": len(outages)})


RULE = Rule(
    id="FI-023",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="Finesse was out of service for {lasted_s} s",
    cause="An event of the SystemInfo node says OUT_OF_SERVICE ({count:time|times} in this "
    "session; in service again at its end: {back!t}). The real-time connection works, Finesse "
    "itself has lost its CTI server: PG or CTI failover, three missed heartbeats of 5 s, a network "
    "break between Finesse and the PG, or the UCCX engine restarting. REST answers 503 meanwhile, "
    "agents see the banner and their desktop looks for the other node.",
    remedy="1. In the Finesse administration console check the CTI server settings and status; on "
    "the PG side the CTI server and OPC processes, on UCCX the engine (utils service list). 2. "
    "Compare the time with the other node and with other agents. 3. Get the webservices logs: file "
    "get activelog desktop recurs compress.",
    reference="Cisco Finesse Administration Guide, Failover Mechanisms; Cisco DevNet, Finesse: "
    "SystemInfo",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    explains=("CO-010", "FI-012", "FI-013", "FI-016", "FI-022", "FI-024", "FI-032", "FI-033"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/SystemInfo'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse/api/SystemInfo",\
"data":{"systemInfo":{"status":"OUT_OF_SERVICE"}}}}</notification></item>\
<item id='2'><notification>{"Update":{"event":"PUT","source":"/finesse/api/SystemInfo",\
"data":{"systemInfo":{"status":"IN_SERVICE"}}}}</notification></item>\
<item id='3'><notification>{"Update":{"event":"PUT","source":"/finesse/api/SystemInfo",\
"data":{"systemInfo":{"status":"OUT_OF_SERVICE"}}}}</notification></item>\
</items></event></message>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/SystemInfo'>\
<item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse/api/SystemInfo",\
"data":{"systemInfo":{"status":"IN_SERVICE"}}}}</notification></item></items></event></message>
        """,
    ),
)
