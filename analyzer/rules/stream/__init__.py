"""ST: the XMPP stream, its header, features and errors (RFC 6120 section 4)."""
