"""What the error of a stanza may say (RFC 6120 section 8.3)."""

TYPES = frozenset({"auth", "cancel", "continue", "modify", "wait"})
"""What the sender should do next (section 8.3.2)."""

CONDITIONS = frozenset(
    {
        "bad-request",
        "conflict",
        "feature-not-implemented",
        "forbidden",
        "gone",
        "internal-server-error",
        "item-not-found",
        "jid-malformed",
        "not-acceptable",
        "not-allowed",
        "not-authorized",
        "payment-required",  # RFC 3920 section 9.3.3; older servers still send it
        "policy-violation",
        "recipient-unavailable",
        "redirect",
        "registration-required",
        "remote-server-not-found",
        "remote-server-timeout",
        "resource-constraint",
        "service-unavailable",
        "subscription-required",
        "undefined-condition",
        "unexpected-request",
    }
)
"""The defined conditions (section 8.3.3)."""
