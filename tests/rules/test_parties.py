"""On whose side a fault lies, where the same rule may name several."""

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import Party
from analyzer.rules import shelf
from tests.rules.climb import climb

RULES = {rule.id: rule for rule in shelf.load()}
CLIENT, NETWORK, PROXY, SERVER = Party.CLIENT, Party.NETWORK, Party.PROXY, Party.SERVER

STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"


def told(rule_id: str, ladder: str) -> list[Party | None]:
    return [one.party for one in shelf.run(climb(ladder).subjects, [RULES[rule_id]])[0]]


def first(rule_id: str, index: int = 0) -> str:
    """An example of the rule's own."""
    return RULES[rule_id].fires_on[index]


def changed(rule_id: str, old: str, new: str, index: int = 0) -> str:
    example = first(rule_id, index)
    assert old in example
    return example.replace(old, new)


@pytest.mark.parametrize("status", [400, 401, 403, 412, 418, 426, 429, 502, 503, 504, 500, 407])
def test_a_refused_upgrade(status: int) -> None:
    parties = {401: CLIENT, 503: SERVER, 500: SERVER}
    findings, _ = shelf.run(climb(f"@har\n@no-upgrade {status} No").subjects, RULES.values())
    refusals = [one.party for one in findings if one.rule_id.startswith("CO-0")]
    assert refusals == [parties.get(status, PROXY)]


def test_an_odd_status_or_a_right_path_tells_nobody() -> None:
    assert told("CO-028", "@har\n@no-upgrade 451 No") == [None]
    assert told("CO-021", "@har\n@no-upgrade 404 No") == [None]
    assert told("CO-021", "@har\n@url wss://a.test:8445/websocket\n@no-upgrade 404 No") == [CLIENT]


@pytest.mark.parametrize(
    ("condition", "rule_id", "party"),
    [
        ("jid-malformed", "BI-004", CLIENT),
        ("internal-server-error", "BI-004", SERVER),
        ("not-allowed", "BI-008", SERVER),
        ("resource-constraint", "BI-008", CLIENT),
    ],
)
def test_a_refused_bind(condition: str, rule_id: str, party: Party) -> None:
    ladder = f"""
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='b'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x</resource></bind></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='b'>\
<error type='cancel'><{condition} xmlns='{STANZAS}'/></error></iq>
    """
    assert told(rule_id, ladder) == [party]


UNREACHED = """
    @bosh
    0.0 C> <body rid='157374182' to='a.test' ver='1.6' wait='60' hold='1'/>
    0.1 S> [status 403] Forbidden
"""


@pytest.mark.parametrize(
    ("rule_id", "ladder", "party"),
    [
        ("BO-009", first("BO-009"), None),
        ("BO-009", first("BO-009", 1), PROXY),
        ("BO-009", changed("BO-009", "undefined-condition", "bad-request"), CLIENT),
        ("BO-019", first("BO-019", 1), None),
        ("BO-019", UNREACHED, PROXY),
        ("CO-006", first("CO-006"), NETWORK),
        ("CO-006", first("CO-006", 1), None),
        ("FI-006", first("FI-006"), CLIENT),
        ("FI-006", changed("FI-006", "item-not-found", "service-unavailable"), SERVER),
        ("FI-019", first("FI-019"), SERVER),
        ("FI-019", first("FI-019", 1), CLIENT),
        ("FR-001", first("FR-001"), CLIENT),
        ("FR-001", first("FR-001", 1), PROXY),
        ("FR-007", first("FR-007"), CLIENT),
        ("FR-011", first("FR-011"), CLIENT),
        ("FR-011", first("FR-011", 1), SERVER),
        ("FR-015", first("FR-015"), CLIENT),
        ("FR-015", first("FR-015", 1), SERVER),
        ("IQ-003", first("IQ-003"), SERVER),
        ("IQ-004", first("IQ-004"), CLIENT),
        ("IQ-005", first("IQ-005"), SERVER),
        ("SA-013", first("SA-013"), CLIENT),
        ("SA-013", first("SA-013", 1), SERVER),
        ("ST-004", first("ST-004"), SERVER),
        ("ST-007", first("ST-007"), CLIENT),
        ("ST-008", first("ST-008"), SERVER),
        ("ST-008", first("ST-008", 1), CLIENT),
        ("ST-022", first("ST-022"), SERVER),
        ("ST-022", first("ST-022", 1), None),
        ("TL-003", first("TL-003"), SERVER),
        ("TL-003", first("TL-003", 1), SERVER),
        ("TL-003", first("TL-003", 1) + " version=1.0", CLIENT),
        ("TL-011", first("TL-011"), CLIENT),
        ("WS-006", first("WS-006"), PROXY),
        ("WS-006", "@request Sec-WebSocket-Protocol: a\n" + first("WS-006").strip(), CLIENT),
        ("WS-027", first("WS-027"), CLIENT),
        ("WS-027", changed("WS-027", "S>", "C>"), SERVER),
        ("WS-028", first("WS-028"), SERVER),
        ("WS-028", changed("WS-028", "1011", "1014"), PROXY),
    ],
    ids=lambda value: value if str(value)[2:3] == "-" else "",
)
def test_examples(rule_id: str, ladder: str, party: Party | None) -> None:
    assert set(told(rule_id, ladder)) == {party}


def test_an_old_version_is_the_servers_if_the_client_offered_a_new_one() -> None:
    (session,) = climb(first("TL-011")).sessions
    assert session.tls is not None
    offered = replace(session, tls=replace(session.tls, offered_versions=("TLS 1.3", "TLS 1.0")))
    assert [one.party for one in shelf.run([offered], [RULES["TL-011"]])[0]] == [SERVER]
