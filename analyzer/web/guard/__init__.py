"""Who may ask, from where, how often, and what an answer may do in a browser."""
