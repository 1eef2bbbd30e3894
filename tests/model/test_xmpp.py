"""JIDs come apart as RFC 7622 section 3.1 says."""

import pytest

from analyzer.model.xmpp import bare, domain_part, local_part, resource_part


@pytest.mark.parametrize(
    ("jid", "local", "domain", "resource", "bare_jid"),
    [
        (
            "Agent1@Host.example/desk/top",
            "agent1",
            "host.example",
            "desk/top",
            "agent1@host.example",
        ),
        ("host.example", "", "host.example", "", "host.example"),
        ("host.example/a@b", "", "host.example", "a@b", "host.example"),
        ("", "", "", "", ""),
    ],
)
def test_parts(jid: str, local: str, domain: str, resource: str, bare_jid: str) -> None:
    assert local_part(jid) == local
    assert domain_part(jid) == domain
    assert resource_part(jid) == resource
    assert bare(jid) == bare_jid
