"""XMPP carried by HTTP requests (XEP-0124, XEP-0206)."""
