"""Facts of connections and recordings, as label and value."""
