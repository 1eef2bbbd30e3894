"""Events → sessions with steps."""
