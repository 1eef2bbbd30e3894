"""Report → files. Pure renderers."""
