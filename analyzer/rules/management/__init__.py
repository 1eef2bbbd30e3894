"""SM: stream management, which brings a broken stream back (XEP-0198)."""
