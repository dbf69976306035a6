"""What one process of a run keeps between stories: one door,
a link for each account, connections to hosts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from harness.accounts import Accounts, Sessions, clean_up, find_leaks, patience
from harness.accounts.reaching import way_to
from harness.clients.link import Link
from harness.clients.obeying import Turns
from harness.clients.select import dialect_of, door_to, link_to
from harness.clients.trail import Trail
from harness.cloud.clocks import Skew, skews
from harness.cloud.entering import Entering
from harness.cloud.hosts import Visits
from harness.cloud.keeping import LedgerKeeper, Names
from harness.cloud.logwindows import LogWindows, Quiet
from harness.cloud.nodes import Nodes
from harness.cloud.rings import CloudRings
from harness.cloud.shares import Shares
from harness.cloud.storagelines import StorageLines
from harness.cloud.story import Cloud
from harness.credentials import Account
from harness.errors import OutOfReach
from harness.evidence import Recorder, RunFolder, Tail, read_record, row_id
from harness.evidence.folder import read_json
from harness.hosts.opening import Opened
from harness.hosts.services import Service, services
from harness.ledger import Ledger
from harness.site import Site


class RunSession:
    """Opened once in each process of a run; nothing is sent before a story asks for something."""

    def __init__(self, site: Site, recorder: Recorder, folder: RunFolder, accounts: Accounts) -> None:
        self.site = site
        self.recorder = recorder
        self.folder = folder
        self.accounts = accounts
        self.ledger = Ledger(folder.ledger)
        self.trail = Trail(recorder)
        self.dialect = dialect_of(site.arch.release)
        self.names = Names(folder.prefix, recorder.worker)
        self.nodes = Nodes(site, self.trail)
        self.visits = Visits(folder)
        self.rings = CloudRings(site, self.nodes, self.trail)
        self.entering = Entering(site, self.nodes, accounts.guest_key)
        self.storage = StorageLines(site, self.nodes, self.trail)
        self.shares = Shares(self.trail, Tail(folder.events))
        self._way = way_to(site)
        self._door = door_to(self.trail, self._way)
        self._door.obeying.turns = Turns(folder.limits)
        self._links: dict[str, Link] = {}
        self._rows: set[str] = set()
        self._watched: Opened | None = None
        self._tail = Tail(folder.events)

    def cloud(self, key: str, subject: str | None = None) -> Cloud:
        """What one scenario sees, as the user of the run that the plan has it told by."""
        return Cloud(self, self.accounts.assigned.get(key, "main"), key)

    def link(self, who: str) -> Link:
        """The way of ``admin``, or of one of the run's users (``Accounts.users``), to the cloud;
        raises ``OutOfReach`` where there is none.
        """
        return self._links[who] if who in self._links else self.linked(who, self._account(who))

    def linked(self, who: str, account: Account) -> Link:
        """The way of an account to the cloud, kept under a name for this process."""
        if who not in self._links:
            keeper = LedgerKeeper(self.ledger, self.names, account)
            self._links[who] = link_to(account, self.dialect, self._door, keeper, account.verify)
        return self._links[who]

    def failed(
        self, key: str, subject: str | None, component: str, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """A story has failed: attach what the services behind it wrote meanwhile."""
        if self.site.hosts:
            self._windows.attach(key, subject, component, rows)

    @cached_property
    def started(self) -> float:
        """When the run began, in epoch seconds."""
        return float(read_json(self.folder.run)["started"])

    @cached_property
    def _windows(self) -> LogWindows:
        self._watched = Opened(self.site, Quiet(self.recorder))
        return LogWindows(
            self.site.arch.model, self.recorder, self.folder.logs, self._watched, self.visits.refused
        )

    def has_row(self, row: str) -> bool:
        """Whether a row of any process is in this run's record."""
        self._rows |= {row_id(one) for one in self._tail.read()}
        return row in self._rows

    def clock_skews(self) -> Mapping[str, Skew]:
        """How far the clocks are off, by every answer of this run so far."""
        return skews(read_record(self.folder.events))

    def clean_up(self) -> list[str]:
        """Start what was stopped, remove what the run's ledger holds open; gives what is left, in words."""
        limit = patience(self.site.arch.table)
        return clean_up(self.accounts, self.folder, self._sessions, limit, service_at=self.service_at)

    def leaks(self) -> list[str]:
        """What the run's tenants hold beyond what they held before, and that this run made; in words."""
        found = find_leaks(self.accounts, self.folder, self._sessions)
        for what, why in found.unseen.items():
            self.trail.write("run", phase="unseen", what=what, why=why)
        for thing in found.foreign:
            self.trail.write("run", phase="foreign", thing=str(thing))
        return [str(thing) for thing in found.ours]

    def service_at(self, place: str) -> Service:
        """A service of a node, ``storage-1/object-server``; ``OutOfReach`` for a node without address."""
        return services(self.nodes.__getitem__, self.site.file.ssh.become)(place)

    def close(self) -> None:
        """Give connections back."""
        self.entering.close()
        self.storage.close()
        self.nodes.close()
        if self._watched is not None:
            self._watched.close()
        self._door.close()

    @cached_property
    def _sessions(self) -> Sessions:
        return self.accounts.sessions(self.site.arch.release, self.trail, self._way)

    def _account(self, who: str) -> Account:
        held = self.accounts
        account = held.admin if who == "admin" else held.users.get(who)
        if account is None:
            lacking = {"other": "second_account"}.get(who, who)
            raise OutOfReach(held.missing.get(lacking, f"this run has no {who} account"))
        return account
