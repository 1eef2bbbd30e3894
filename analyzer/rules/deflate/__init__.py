"""Compression of messages (RFC 7692)."""
