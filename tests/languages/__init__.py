"""The catalogues: what is in them, how they are brought up to date, and what they must hold."""
