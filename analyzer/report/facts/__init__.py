"""Facts of connections and recordings, as label and value, and what evidence says."""
