"""A file → what was recorded. One file a format."""
