"""What the Finesse desktop and its server do."""
