"""How the connection came about, and how it went down."""
