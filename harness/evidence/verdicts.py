"""What the judge says, as plain data: of each clause, each scenario, and the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from harness.arch.clauses import Level
from harness.arch.paths import Path, show
from harness.evidence.carried import From
from harness.evidence.waivers import Waiver

if TYPE_CHECKING:
    from harness.evidence.absence import Absent
    from harness.evidence.standing import Standing

State = Literal["verified", "deviates", "unknown", "blocked", "out_of_reach", "not_applicable"]
Verdict = Literal["pass", "fail", "blocked", "unknown", "not_applicable", "out_of_reach"]
Aside = Literal["", "scope", "absent"]
"""Why nobody was to look: it is outside of the scope, or of a node that is not there yet."""
Go = Literal["GO", "NO-GO", "COULD NOT JUDGE"]

PRESENT = "present"


@dataclass(frozen=True)
class ClauseVerdict:
    """One clause: its state, why, what was observed,
    the rows that show it and the scenario that saw (or owns) it.

    A deviation that an unexpired waiver covers still ``deviates``; ``waiver`` says that it does not count.
    ``aside`` says of one out of reach that the user put it there.
    """

    state: State
    reason: str = ""
    observed: Any = None
    cites: tuple[str, ...] = ()
    scenario: str | None = None
    waiver: Waiver | None = None
    aside: Aside = ""


@dataclass(frozen=True)
class Extra:
    """A deviation at a name that a closed collection does not describe."""

    path: Path
    level: Level
    cites: tuple[str, ...]
    scenario: str | None
    waiver: Waiver | None = None

    def __str__(self) -> str:
        return show(self.path)


@dataclass(frozen=True)
class ScenarioVerdict:
    """One scenario on one subject.

    ``met`` says whether its dependants may run: a story that was completed is met even where the cloud
    deviates. ``root`` is the key of the failed scenario that blocks this one, ``component`` the service
    behind the failure (of the root, where blocked), ``deviations`` the printed paths of what it saw deviate,
    ``waivers`` those that were used, ``step`` the sentence of the step that was not completed. ``counts`` is
    false where a waiver or the level takes a failure out of the answer.
    """

    verdict: Verdict
    met: bool
    reason: str = ""
    root: str | None = None
    component: str = ""
    cites: tuple[str, ...] = ()
    duration: float = 0.0
    deviations: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    counts: bool = True
    carried: From | None = None
    step: str = ""


@dataclass(frozen=True)
class Share:
    """Verified clauses of an area (or of everything),
    over all leaves and over those that an API or a ring shows.
    """

    verified: int = 0
    total: int = 0
    reachable_verified: int = 0
    reachable: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    asides: Mapping[str, int] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Verified over all leaves, 0 to 1."""
        return self.verified / self.total if self.total else 0.0


@dataclass(frozen=True)
class Coverage(Share):
    """Architecture coverage of the run, whole and by area in the order of the description.

    ``carried`` of the verified clauses were seen by an earlier run, and not by this one.
    """

    areas: Mapping[str, Share] = field(default_factory=dict)
    waived: int = 0
    carried: int = 0


@dataclass(frozen=True)
class Judgement:
    """The whole answer.

    ``because`` are sentences, the weightiest first; ``out_of_reach`` maps a reason to what it hides.
    """

    clauses: Mapping[Path, ClauseVerdict]
    scenarios: Mapping[str, ScenarioVerdict]
    extras: tuple[Extra, ...]
    go: Go
    because: tuple[str, ...]
    coverage: Coverage
    banner: str
    ended_early: bool = False
    out_of_reach: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waivers: tuple[Standing, ...] = ()
    absent: Absent | None = None

    @property
    def exit_code(self) -> int:
        """0 GO, 1 NO-GO, 2 could not judge."""
        return {"GO": 0, "NO-GO": 1, "COULD NOT JUDGE": 2}[self.go]
