"""Ids of findings that are mere consequences, for the `explains` of rules that name a cause."""

ENDINGS = (
    "CO-004",
    "CO-005",
    "CO-010",
    "WS-019",
    "WS-022",
    "WS-023",
    "WS-026",
    "WS-027",
    "WS-028",
    "WS-029",
    "WS-030",
    "WS-031",
    "WS-032",
    "WS-033",
    "WS-034",
    "WS-035",
    "FR-008",
    "FR-010",
    "FR-011",
    "BO-012",
    "IQ-002",
    "PG-001",
    "PR-003",
    "FI-005",
    "FI-016",
    "FI-032",
)
"""A session that was refused or ended: how its socket went down, what stayed unanswered."""

STREAM_ERRORS = (
    "ST-005",
    "ST-010",
    "ST-011",
    "ST-012",
    "ST-013",
    "ST-014",
    "ST-015",
    "ST-016",
    "ST-017",
    "ST-018",
    "ST-019",
    "ST-020",
)
"""The server's answer to a client that broke the order or the format."""

GIVEN_UP = (
    "PG-001",
    "PG-002",
    "IQ-002",
    "CO-004",
    "CO-005",
    "CO-006",
    "CO-010",
    "WS-019",
    "WS-022",
    "FR-011",
    "PR-003",
    "FI-012",
    "FI-013",
    "FI-016",
    "FI-022",
    "FI-032",
    "ST-010",
    "ST-027",
)
"""A client that took the session for dead: unanswered questions, and how it leaves and returns."""

HANDSHAKES = (
    "TL-001",
    "TL-002",
    "TL-005",
    "TL-009",
    "TL-012",
    "TL-013",
    "TL-014",
    "TL-015",
    "TL-016",
)
"""A TLS handshake that did not come about, where something took it apart."""
