"""The catalogues, a folder each, and how they are built."""
