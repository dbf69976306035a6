"""Whose accounts a run works with: lasting ones of our own where an administrator lets us,
else those that the site names.

``given`` are the accounts that the site names, ``marks`` is how a tenant says that it is leased, ``leasing``
takes tenants and gives them back, ``known`` is what every process of a run knows, ``lent`` what its main one
holds, ``allowance`` what a user may still do, ``sessions`` opens clients in a tenant, ``proof`` empties a
run's ledger and looks for leaks at its end, ``after`` does so after a crash.
"""

from harness.accounts.after import After, clean_run, remove_accounts
from harness.accounts.known import Accounts
from harness.accounts.lent import Held, borrowed, lease
from harness.accounts.marks import is_lasting
from harness.accounts.proof import clean_up, find_leaks, patience
from harness.accounts.sessions import Sessions
from harness.credentials import Account

__all__ = [
    "Account",
    "Accounts",
    "After",
    "Held",
    "Sessions",
    "borrowed",
    "clean_run",
    "clean_up",
    "find_leaks",
    "is_lasting",
    "lease",
    "patience",
    "remove_accounts",
]
