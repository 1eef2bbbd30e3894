"""Subscriptions and events (XEP-0060)."""
