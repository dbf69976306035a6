"""Compute: what was described, and the life of a server."""
