"""XMPP over WebSocket (RFC 7395) and XMPP streams (RFC 6120)."""
