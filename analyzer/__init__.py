"""Stanzascope."""
