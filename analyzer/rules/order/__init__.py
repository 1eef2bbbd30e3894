"""The order of the login."""
