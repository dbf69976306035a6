"""What every process of a run knows of its accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.accounts.sessions import Sessions
from harness.clients.through import Way
from harness.clients.trail import Record
from harness.credentials import Account
from harness.ledger import Inventory


@dataclass(frozen=True)
class Accounts:
    """What every process of a run knows of its accounts; ``own`` are the tenants that belong to the harness.

    ``before`` is what the tenants held when the run began. ``further`` users share the work with the main
    one; ``assigned`` says who tells a scenario (by key), where it is not the main one,
    ``asked`` how many requests for a server the plan has each user send. ``guest_key`` is the
    private key (PEM) that opens the run's guests.
    """

    main: Account
    other: Account | None = None
    admin: Account | None = None
    own: tuple[str, ...] = ()
    before: Inventory = field(default_factory=Inventory)
    missing: Mapping[str, str] = field(default_factory=dict)
    further: tuple[Account, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    guest_key: str = field(default="", repr=False)

    @property
    def users(self) -> Mapping[str, Account]:
        """The run's users by the names that a plan gives them: ``main``, ``other``, ``user-3``…"""
        named = {"main": self.main} | ({"other": self.other} if self.other else {})
        return named | {f"user-{number}": account for number, account in enumerate(self.further, 3)}

    @property
    def tenants(self) -> tuple[str, ...]:
        """Names of the tenants in which the run creates things."""
        return tuple(dict.fromkeys(account.tenant_name for account in self.users.values()))

    def wire(self) -> dict[str, Any]:
        """Plain values, passwords included: for the memory of another process, never for a file."""
        return {
            "main": asdict(self.main),
            "other": asdict(self.other) if self.other else None,
            "admin": asdict(self.admin) if self.admin else None,
            "own": list(self.own),
            "before": self.before.to_json(),
            "missing": dict(self.missing),
            "further": [asdict(account) for account in self.further],
            "assigned": dict(self.assigned),
            "asked": dict(self.asked),
            "guest_key": self.guest_key,
        }

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Accounts:
        """Read what ``wire`` gave."""

        def account(name: str) -> Account | None:
            return Account(**data[name]) if data[name] else None

        return cls(
            main=Account(**data["main"]),
            other=account("other"),
            admin=account("admin"),
            own=tuple(data["own"]),
            before=Inventory.from_json(data["before"]),
            missing=dict(data["missing"]),
            further=tuple(Account(**each) for each in data["further"]),
            assigned=dict(data["assigned"]),
            asked=dict(data["asked"]),
            guest_key=str(data.get("guest_key", "")),
        )

    def sessions(self, release: str, record: Record, way: Way | None = None) -> Sessions:
        """Sessions in the run's tenants, to clean up with."""
        return Sessions(release, record, self.users.values(), self.admin, way=way)
