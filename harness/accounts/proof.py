"""The end of a run: empty its ledger, and prove that nothing stayed."""

from __future__ import annotations

from dataclasses import replace

from harness.accounts.known import Accounts
from harness.accounts.sessions import Sessions
from harness.arch.clauses import ClauseTable
from harness.errors import OutOfReach
from harness.evidence.folder import RunFolder
from harness.hosts.services import ServiceAt
from harness.ledger import Leaks, Ledger, clean, leaks, restore, take
from harness.ledger.ending import LIMIT, still_there
from harness.ledger.remover import Remover

_SHORTEST = 5.0


def patience(table: ClauseTable) -> float:
    """Seconds to wait for the end of things of one kind:
    three times the slower of what the description allows.
    """
    described = (table.clauses.get(("objectives", name)) for name in ("delete", "volume"))
    allowed = [float(clause.value) for clause in described if clause is not None]
    return max(3 * max(allowed), _SHORTEST) if allowed else LIMIT


def clean_up(
    accounts: Accounts,
    folder: RunFolder,
    sessions: Sessions,
    limit: float = LIMIT,
    *,
    service_at: ServiceAt,
) -> list[str]:
    """Start what was stopped and remove what the ledger holds open; gives what is left, in words.

    ``limit`` (seconds) holds for each kind.
    """
    ledger = Ledger(folder.ledger)
    restored = restore(ledger, service_at)
    cleaned = clean(ledger, Remover(sessions), prefix=folder.prefix, own=accounts.own, limit=limit)
    return restored.left + [str(left) for left in cleaned.left]


def find_leaks(accounts: Accounts, folder: RunFolder, sessions: Sessions) -> Leaks:
    """What the run's tenants hold beyond what they held before; nothing is removed here.

    ``ours`` speaks against the run, ``foreign`` is told only: nobody knows whose it is. With administrator
    credentials users and tenants of this run are looked for, too. Raises ``OutOfReach`` where nothing at all
    could be listed: what nobody saw is no proof. A second look passes over what listings show late.
    """
    remover = Remover(sessions)
    after = take(remover, accounts.tenants, cloudwide=accounts.admin is not None)
    if after.blind:
        raise OutOfReach(
            f"nothing could be listed: {next(iter(after.unseen.values()), 'no tenant is known')}"
        )
    made = Ledger(folder.ledger).made()
    found = leaks(accounts.before, after, prefix=folder.prefix, own=accounts.own, made=made)
    return replace(found, ours=tuple(still_there(remover, found.ours)))
