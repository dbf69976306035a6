"""What an author declares at a story: its id, what it needs, what it looks at."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, get_args

from harness.arch import Architecture
from harness.arch.clauses import Level
from harness.plan.content import content_version

GATES = (
    "preflight",
    "hosts",
    "identity",
    "images",
    "compute",
    "guests",
    "volumes",
    "network",
    "objects",
    "rings",
    "cleanup",
)
Requirement = Literal["admin", "second_account", "hosts", "guests", "console"]
REQUIREMENTS: tuple[Requirement, ...] = get_args(Requirement)
LEVELS: tuple[Level, ...] = get_args(Level)

Need = str | Callable[[Architecture], Iterable[str]]
"""``id`` (all its subjects), ``id[=]`` (the same subject), ``id[x]`` (that one), ``holds:NAME`` (every other
story that holds NAME), or a function of these.
"""
HOLDERS = "holds:"
Subjects = str | tuple[str, ...] | Callable[[Architecture], Iterable[str]] | None
Applies = str | Callable[[Architecture], bool] | None

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\Z")
_NEED = re.compile(r"(?P<id>[^\[\]]+)(\[(?P<subject>[^\[\]]+)\])?\Z")
_DISTURBS = re.compile(r"[a-z][a-z0-9-]*/[a-z][a-z0-9-]*\Z")
_TUPLES = ("needs", "after", "owns", "requires", "holds", "until")


@dataclass(frozen=True)
class Scenario:
    """One story as declared; ``docs/reference/scenarios.md`` explains every field.

    ``cost`` is the likely duration in seconds, ``limit`` the wall after which a hanging story is stopped
    (None: derived from the cost and the objectives), ``servers`` how many servers it runs at once;
    those that it leaves running count until ``until`` is over. ``creates`` is how many requests for a server
    it sends (None: as many as ``servers``), ``foreign`` how many as the other tenant. ``holds`` names shared
    things that no other story may touch meanwhile. ``spread`` lets the plan tell it as any of the run's
    users, the same one for all stories that have something in common. ``disturbs`` is a service that the
    story takes out on one node of a role (``object-storage/object-server``): it runs alone, after all others,
    and only where the site allows it.
    Raises ``TypeError`` or ``ValueError`` with the scenario's id for anything that makes no sense.
    """

    id: str
    gate: str
    needs: tuple[Need, ...] = ()
    after: tuple[Need, ...] = ()
    servers: int = 0
    creates: int | None = None
    foreign: int = 0
    until: tuple[Need, ...] = ()
    holds: tuple[str, ...] = ()
    spread: bool = False
    cost: float = 1.0
    limit: float | None = None
    owns: tuple[str, ...] = ()
    subjects: Subjects = None
    requires: tuple[str, ...] = ()
    applies: Applies = None
    level: str = "must"
    after_all: bool = False
    disturbs: str = ""
    story: Callable[..., Any] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.match(self.id):
            raise ValueError(f'scenario {self.id!r}: an id reads like "compute.boot"')
        for name in _TUPLES:
            value = getattr(self, name)
            if not isinstance(value, tuple) or not all(isinstance(v, str) or callable(v) for v in value):
                raise TypeError(
                    f'scenario {self.id}: {name} is a tuple such as ("identity.token",), not {value!r}'
                )
        self._one_of("gate", self.gate, GATES)
        self._one_of("level", self.level, LEVELS)
        for requirement in self.requires:
            self._one_of("requires", requirement, REQUIREMENTS)
        for need in (*self.needs, *self.after, *self.until):
            if isinstance(need, str) and not need.startswith(HOLDERS):
                split_need(need)
        if (
            min(self.servers, self.creations, self.foreign) < 0
            or self.cost <= 0
            or (self.limit is not None and self.limit <= 0)
        ):
            raise ValueError(
                f"scenario {self.id}: servers, cost and limit cannot be negative, nor cost or limit 0"
            )
        if self.disturbs and (not _DISTURBS.match(self.disturbs) or self.servers or self.after_all):
            raise ValueError(
                f"scenario {self.id}: disturbs reads like 'object-storage/object-server', a role and a "
                "service; such a story runs no servers and cleans nothing up"
            )
        if self.story is not None and not self.title:
            raise ValueError(f"scenario {self.id}: the story needs a docstring; its first line is the title")

    def _one_of(self, name: str, value: str, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            near = get_close_matches(str(value), allowed, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"scenario {self.id}: {name} {value!r} is none of {', '.join(allowed)}{hint}")

    @property
    def creations(self) -> int:
        """Requests for a server that it sends."""
        return self.servers if self.creates is None else self.creates

    @property
    def title(self) -> str:
        """The first line of the story's docstring."""
        text = inspect.getdoc(self.story) if self.story else ""
        return (text or "").strip().partition("\n")[0]

    @property
    def place(self) -> str:
        """File and line of the story, for messages about it."""
        if self.story is None:
            return self.id
        code = inspect.unwrap(self.story).__code__
        return f"{code.co_filename}:{code.co_firstlineno}"

    @property
    def version(self) -> str:
        """The content version: changes when the story's text, what it uses of its suite, or a limit does."""
        return content_version(self.story, {"limit": self.limit, "cost": self.cost})


def split_need(text: str) -> tuple[str, str | None]:
    """``a.b[c]`` → (``a.b``, ``c``); raises ``ValueError`` for anything else."""
    match = _NEED.match(text)
    if not match or not _ID.match(match["id"]):
        raise ValueError(f"need {text!r} is none of id, id[=], id[subject]")
    return match["id"], match["subject"]
