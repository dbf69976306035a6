"""Rings: on every node that needs them, readable, equal, and as described."""
