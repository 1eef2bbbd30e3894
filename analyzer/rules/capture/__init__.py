"""How good the recording is."""
