"""Pings (XEP-0199, RFC 6455 section 5.5.2)."""
