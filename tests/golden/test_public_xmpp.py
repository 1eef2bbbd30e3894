"""
Other people's captures of XMPP over TCP: every element equals the facts beside them.

The facts were made by an independent decoder (`public/README.md`).
"""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.model.anomaly import Anomaly
from analyzer.model.events import Event
from analyzer.model.flow import Gap
from analyzer.model.http import Switched
from analyzer.model.source import Direction
from analyzer.model.xmpp import NS_STREAMS, Auth, Open, Stanza, StanzaKind
from analyzer.protocol.xml import Flaw, local_name, parse_within
from analyzer.protocol.xmpp import DECLARATIONS
from tests.protocol.recordings import events_of

CAPTURES = {
    "balthorium_xmpptrace/testWx2RequestMessageXMPPtoWx2.pcap": {9: 21, 10: 18},
    "zeek_zeek/testing/btest/Traces/tls/xmpp-starttls.pcap": {0: 5},
}
"""Elements of each connection that speaks XMPP."""

NODES = {Direction.TO_SERVER: 0, Direction.TO_CLIENT: 1}
STREAMS = f"{{{NS_STREAMS}}}"


@pytest.fixture(scope="module", params=CAPTURES)
def capture(
    shared: Path, request: pytest.FixtureRequest
) -> tuple[str, dict[int, list[Event]], Any]:
    """Name, our events, their facts."""
    name = request.param
    facts = shared / "public/expected" / f"{name.replace('/', '__')}.json"
    events = events_of(shared / "public/captures" / name, ports=(5222,))
    return name, events, json.loads(facts.read_text(encoding="utf-8"))


def told(stanza: Stanza) -> dict[str, Any]:
    """An element in the words of the facts."""
    element: dict[str, Any] = {"node": NODES[stanza.direction], "layer": "clear"}
    if isinstance(stanza.payload, Open):
        said = stanza.payload
        element |= {"name": "stream:open", "to": said.to, "from": said.sender}
        element |= {"id": said.stream_id, "version": said.version}
    elif stanza.kind is StanzaKind.CLOSE:
        element["name"] = "stream:close"
    else:
        element |= {"id": stanza.id, "type": stanza.type, "children": children(stanza)}
        namespace, _, name = stanza.name.removeprefix("{").partition("}")
        prefix = "stream:" if stanza.name.startswith(STREAMS) else ""
        element |= {"name": prefix + name, "ns": namespace}
        if isinstance(stanza.payload, Auth):
            element["mechanism"] = stanza.payload.mechanism
    return {name: value for name, value in element.items() if value is not None}


def children(stanza: Stanza) -> list[str]:
    element = parse_within(DECLARATIONS, stanza.octets)
    assert not isinstance(element, Flaw)
    return [f"{local_name(child)}{child.tag.rpartition('}')[0]}}}" for child in element]


def test_elements(capture: tuple[str, dict[int, list[Event]], Any]) -> None:
    name, events, facts = capture
    expected = {
        stream["stream"]: stream["xmpp"]["elements"]
        for stream in facts["streams"]
        if stream.get("xmpp")
    }
    assert {number: len(elements) for number, elements in expected.items()} == CAPTURES[name]
    for number, elements in expected.items():
        stanzas = [event for event in events[number] if isinstance(event, Stanza)]
        assert [told(stanza) for stanza in stanzas] == elements


def test_nothing_is_odd(capture: tuple[str, dict[int, list[Event]], Any]) -> None:
    name, events, _ = capture
    for number in CAPTURES[name]:
        odd = [event for event in events[number] if isinstance(event, Anomaly)]
        assert odd == []


def test_what_comes_behind_starttls_is_tls(
    capture: tuple[str, dict[int, list[Event]], Any],
) -> None:
    name, events, facts = capture
    for stream in facts["streams"]:
        if stream["stream"] not in CAPTURES[name]:
            continue
        found = events[stream["stream"]]
        switches = [event.protocol for event in found if isinstance(event, Switched)]
        begins_tls = "TLS starts" in stream["xmpp"]["errors"]
        assert switches == (["xmpp", "tls"] if begins_tls else ["xmpp"])
        assert any(isinstance(event, Gap) for event in found) == begins_tls


def test_no_capture_is_left_out(shared: Path) -> None:
    found = set()
    for path in (shared / "public/expected").glob("*.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if any(stream.get("xmpp") for stream in facts.get("streams", [])):
            found.add(path.name)
    assert found == {f"{name.replace('/', '__')}.json" for name in CAPTURES}
