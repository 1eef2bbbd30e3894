"""What takes secrets, and people, out of a report before anything is written."""
