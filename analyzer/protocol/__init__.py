"""Octets → events; sans-I/O decoders, one file a protocol."""
