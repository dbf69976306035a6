"""What a fault is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.lab.faults.rules import Rule, Rules
from harness.lab.world import World

SeamName = Literal["rule", "machine", "real"]
Undo = Callable[[], None]


@dataclass
class Bench:
    """What a fault may lay hands on: the world, the rules, the state machines, and real things by name.

    The launcher registers real things (``bench.real["stop"]``): each does something and returns how to
    undo it.
    """

    world: World
    rules: Rules = field(default_factory=Rules)
    real: dict[str, Callable[..., Undo]] = field(default_factory=dict)

    @contextmanager
    def rule(self, *apps: str, **how: Any) -> Iterator[None]:
        """A rule (fields of ``Rule``) in force inside the context."""
        with self.rules.adding(Rule(apps=apps, **how)):
            yield

    @contextmanager
    def machine(self, name: str, rows: Any) -> Iterator[None]:
        """The state machine ``name`` has other rows inside the context."""
        before = self.world.machines[name]
        self.world.machines[name] = rows
        try:
            yield
        finally:
            self.world.machines[name] = before

    @contextmanager
    def doing(self, name: str, *args: Any) -> Iterator[None]:
        """A real thing is done inside the context and undone after it."""
        undo = self.real[name](*args)
        try:
            yield
        finally:
            undo()


Break = Callable[[Bench], Iterator[None]]
Keys = tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """A named way to be broken.

    ``caught_by`` are exactly the scenario keys that fail; it may depend on the architecture.
    """

    name: str
    component: str
    story: str
    seam: SeamName
    caught_by: Keys | Callable[[Any], Keys]
    apply: Callable[[Bench], Any]

    def catchers(self, arch: Any) -> Keys:
        """The keys for one architecture."""
        return self.caught_by(arch) if callable(self.caught_by) else self.caught_by

    def to_json(self, arch: Any = None) -> dict[str, Any]:
        """A JSON-able row of the listing; without an architecture,
        keys that depend on it are left out as null.
        """
        known = arch is not None or not callable(self.caught_by)
        return {
            "name": self.name,
            "component": self.component,
            "caught_by": list(self.catchers(arch)) if known else None,
            "story": self.story,
            "seam": self.seam,
        }


_FAULTS: dict[str, Fault] = {}


def fault(
    name: str, *, component: str, caught_by: Keys | Callable[[Any], Keys], story: str, seam: SeamName = "rule"
) -> Callable[[Break], Break]:
    """Register a generator ``def broken(bench): …; yield; …undo``, in force between start and end."""

    def register(broken: Break) -> Break:
        if name in _FAULTS:
            raise ValueError(f"two faults are called {name}")
        _FAULTS[name] = Fault(name, component, story, seam, caught_by, contextmanager(broken))
        return broken

    return register


def faults() -> Mapping[str, Fault]:
    """Every fault by name, in order of name."""
    from harness.lab.faults import catalogue

    catalogue.load()
    return dict(sorted(_FAULTS.items()))
