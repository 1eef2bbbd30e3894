"""Authentication (RFC 6120 section 6, RFC 4616)."""
