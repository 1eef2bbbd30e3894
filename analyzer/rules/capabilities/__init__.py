"""Rules on entity capabilities (XEP-0115)."""
