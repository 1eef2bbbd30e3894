"""Packets → connections and ordered octets."""
