"""The plan: every scenario on every subject in a running order, with the reason where it will not run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

from harness.evidence.chain import Chain, longest


@dataclass(frozen=True)
class PlannedScenario:
    """One scenario on one subject. ``cost`` (likely), ``worst`` and ``limit`` (the wall) are seconds.

    ``applies`` False: the description does not have it. ``reach`` False: this access cannot see it.
    ``reason`` says why in both cases. ``account`` names the user of the run that tells it. ``pulled`` is set
    where the user's selection left it out and it runs nevertheless, because another one needs it or because
    it cleans up; ``outside`` where it is outside of the scope, and counts for nothing but what needs it.
    ``absent`` is the node that is not there yet, where that is why it does not run.
    ``disturbs`` is the place that the story takes out (``storage-1/object-server``), ``late``
    says that it comes after all others because it disturbs, or needs one that does.
    """

    id: str
    subject: str | None
    gate: str
    title: str
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    level: str = "must"
    owns: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    servers: int = 0
    creates: int = 0
    foreign: int = 0
    until: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    spread: bool = False
    account: str = "main"
    cost: float = 1.0
    worst: float = 10.0
    limit: float = 60.0
    after_all: bool = False
    disturbs: str = ""
    late: bool = False
    applies: bool = True
    reach: bool = True
    reason: str = ""
    pulled: bool = False
    outside: bool = False
    absent: str = ""
    nodeid: str = ""
    version: str = ""

    @property
    def key(self) -> str:
        """``compute.boot`` or ``hosts.reachable[storage-1]``: how records and reports name it."""
        return self.id if self.subject is None else f"{self.id}[{self.subject}]"

    @property
    def runs(self) -> bool:
        """Whether it is to run at all, as far as is known before the cloud is touched."""
        return self.applies and self.reach

    @property
    def disturbance(self) -> str:
        """What it will do to the cloud, in words; empty where it disturbs nothing or does not run."""
        node, _, service = self.disturbs.partition("/")
        told = f"{self.key} stops {service} on {node} for a while, alone and after all others"
        return told if self.disturbs and self.runs else ""

    def to_json(self) -> dict[str, Any]:
        """The row of ``plan.json``; it says the key as well."""
        return {"key": self.key, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PlannedScenario:
        """Read a row back; keys that this version does not know are ignored."""
        known = {field.name for field in fields(cls)}
        row: dict[str, Any] = {}
        for name in known & set(data):
            row[name] = tuple(data[name]) if isinstance(data[name], list) else data[name]
        return cls(**row)


@dataclass(frozen=True)
class Plan:
    """The scenarios of a run in an order that respects needs, ``after`` and clean-up.

    ``scope`` is ``all`` or the user's selection in the user's words; ``deselected`` lists what it left out.
    ``tenants`` says how many servers at once the tenant of each account has room for, where a quota says.
    ``carried`` are those whose result is an earlier run's; ``order`` then has the keys of both in one order.
    ``bounds`` are the printed paths at or below which clauses are in scope; None: all are.
    """

    scenarios: tuple[PlannedScenario, ...]
    scope: str = "all"
    deselected: tuple[PlannedScenario, ...] = ()
    tenants: Mapping[str, int] = field(default_factory=dict)
    carried: tuple[PlannedScenario, ...] = ()
    order: tuple[str, ...] = ()
    bounds: tuple[str, ...] | None = None

    @cached_property
    def by_key(self) -> Mapping[str, PlannedScenario]:
        """The planned scenarios by their key."""
        return {planned.key: planned for planned in self.scenarios}

    @cached_property
    def by_nodeid(self) -> Mapping[str, PlannedScenario]:
        """The planned scenarios by pytest's node id."""
        return {planned.nodeid: planned for planned in self.scenarios}

    @property
    def pulled(self) -> tuple[str, ...]:
        """Keys that were not selected and run nevertheless: needs, and the clean-up."""
        return tuple(planned.key for planned in self.scenarios if planned.pulled)

    @property
    def running(self) -> tuple[PlannedScenario, ...]:
        """Those that are to run, as far as is known before the cloud is touched."""
        return tuple(planned for planned in self.scenarios if planned.runs)

    def minutes(
        self, workers: int = 1, budget: int = 4, pace: Mapping[str, float] | None = None
    ) -> tuple[float, float]:
        """(likely, worst case) minutes with that many workers and that many servers at once.

        ``pace`` is the seconds between two POSTs of each user, where a rate limit says.
        """
        from harness.plan.estimate import seconds

        def of(duration: Callable[[PlannedScenario], float]) -> float:
            return seconds(self.scenarios, workers, budget, duration, self.tenants, pace) / 60

        return of(lambda planned: planned.cost), of(lambda planned: planned.worst)

    def chain(self) -> Chain:
        """The longest chain of stories that wait for each other, by their likely seconds."""
        running = {row.key: (*row.needs, *row.after) for row in self.running if not row.after_all}
        return longest(running, {row.key: row.cost for row in self.running})

    def to_json(self) -> dict[str, Any]:
        """The content of ``plan.json``."""
        carried = {"carried": [planned.to_json() for planned in self.carried], "order": list(self.order)}
        return {
            "scenarios": [planned.to_json() for planned in self.scenarios],
            "scope": self.scope,
            "deselected": [planned.to_json() for planned in self.deselected],
            "tenants": dict(self.tenants),
            **(carried if self.carried else {}),
            **({} if self.bounds is None else {"bounds": list(self.bounds)}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Read what ``to_json`` wrote."""

        def rows(name: str) -> Iterable[PlannedScenario]:
            return (PlannedScenario.from_json(row) for row in data.get(name, ()))

        tenants = {str(name): int(most) for name, most in data.get("tenants", {}).items()}
        scope = str(data.get("scope", "all"))
        told, left, lent = (tuple(rows(name)) for name in ("scenarios", "deselected", "carried"))
        order = tuple(map(str, data.get("order", ())))
        bounds = tuple(map(str, data["bounds"])) if "bounds" in data else None
        return cls(told, scope, left, tenants, lent, order, bounds)
