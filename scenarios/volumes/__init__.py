"""Volumes: what was described, the life of one, its snapshots, and the servers that have it."""
