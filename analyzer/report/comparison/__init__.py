"""A comparison of two sessions, in every format."""
