"""Resource binding (RFC 6120 section 7)."""
