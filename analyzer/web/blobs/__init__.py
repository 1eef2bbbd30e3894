"""The octets of cases: what was uploaded, and what was made of it."""
