"""HAR files that are safe to share: redacted ones, and sessions of captures as HAR."""
