"""Rules about one session in several recordings."""
