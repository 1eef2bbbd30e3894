"""TLS 1.0 to 1.3 and SSL 3.0: what it shows, and with keys what it carries (RFC 5246, RFC 8446)."""
