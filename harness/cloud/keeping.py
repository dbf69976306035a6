"""Clients and ledger joined: what a story creates is in the ledger before the request is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from harness.clients.errors import ServiceError
from harness.clients.keeper import Entry
from harness.credentials import Account
from harness.ledger import Ledger


class Names:
    """Fresh names of one process of a run: ``deployday-3f2a-server-gw0-1``."""

    def __init__(self, prefix: str, worker: str) -> None:
        self._prefix = prefix
        self._worker = worker
        self._numbers = count(1)

    def __call__(self, kind: str) -> str:
        """The next name."""
        return f"{self._prefix}{kind}-{self._worker}-{next(self._numbers)}"


class LedgerKeeper:
    """Keeps account of what one account creates."""

    def __init__(self, ledger: Ledger, names: Names, account: Account) -> None:
        self._ledger = ledger
        self._names = names
        self._account = account

    def name(self, kind: str) -> str:
        """A fresh name."""
        return self._names(kind)

    @contextmanager
    def creating(self, kind: str, name: str) -> Iterator[Entry]:
        """Note the intent; where the service plainly refused, note that nothing came of it."""
        owner = {"tenant": self._account.tenant_name, "user": self._account.username}
        with self._ledger.creating(kind, name=name, **owner) as entry:
            try:
                yield entry
            except ServiceError as error:
                if error.status is not None and 400 <= error.status < 500:
                    entry.gone()
                raise
