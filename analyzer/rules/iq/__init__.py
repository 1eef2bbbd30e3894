"""Requests and answers (RFC 6120 section 8)."""
