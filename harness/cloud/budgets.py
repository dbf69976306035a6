"""What a user of the run may still do, and what the plan asks of that user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.accounts.allowance import Allowance, Size, allowance
from harness.clients.session import CloudSession

_ALIKE = {
    "instances": "maxTotalInstances",
    "cores": "maxTotalCores",
    "ram": "maxTotalRAMSize",
    "metadata_items": "maxServerMeta",
    "injected_files": "maxPersonality",
    "injected_file_content_bytes": "maxPersonalitySize",
}
"""Quotas that the limits tell as well, under other names."""


@dataclass(frozen=True)
class Budget:
    """``user`` is the account's own name, ``asked`` how many requests for a server the plan has it send.

    ``quotas`` and ``limits`` are what either listing says of the same things.
    """

    user: str
    asked: int
    allowed: Allowance
    quotas: Mapping[str, int]
    limits: Mapping[str, int]


def budget_of(session: CloudSession, asked: int, sizes: Mapping[str, Size]) -> Budget:
    """Ask compute: limits, quotas, servers; raises ``CloudError``."""
    limits, quotas = session.compute.limits(), session.compute.quotas()
    allowed = allowance(limits, quotas, session.compute.servers(), sizes.values())
    both = {
        quota: limit
        for quota, limit in _ALIKE.items()
        if quotas.values.get(quota, -1) >= 0 and limit in limits.absolute
    }
    return Budget(
        user=session.account.username,
        asked=asked,
        allowed=allowed,
        quotas={quota: quotas.values[quota] for quota in both},
        limits={quota: limits.absolute[limit] for quota, limit in both.items()},
    )
