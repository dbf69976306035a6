"""Volumes: what was described, and the life of one."""
