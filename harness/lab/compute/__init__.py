"""Compute as nova 2012.1 speaks it: API versions v2 and v1.1, servers that change state by themselves.

A request passes the version front, the token check, the rate limiter and the resource layer, then a
handler: one file a subject, each with its ``routes``. Handlers raise refusals and never look at faults.
"""

from harness.lab.compute.app import builders

__all__ = ["builders"]
