"""The plan meets the accounts: who tells what."""

from __future__ import annotations

from dataclasses import replace

from harness.accounts import Held
from harness.plan.planned import Plan
from harness.plan.spreading import MAIN, spread


def budgeted(plan: Plan, held: Held) -> Plan:
    """The plan with the user that tells each story; the accounts are told, too."""
    scenarios = spread(plan.scenarios, list(held.accounts.users))
    held.assign({row.key: row.account for row in scenarios if row.account != MAIN})
    return replace(plan, scenarios=scenarios)
