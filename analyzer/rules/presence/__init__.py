"""Presence (RFC 6121)."""
