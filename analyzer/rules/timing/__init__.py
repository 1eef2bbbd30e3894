"""What only times tell: pauses, late events, lifetimes."""
