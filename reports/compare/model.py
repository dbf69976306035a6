"""The comparison of runs, version 1: what every format of it shows. Columns are counted from 0, the baseline.

Lists with an entry for each column are in their order. Durations are seconds unless the name says ``ms``.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from reports.model.base import Model

VERSION = 1
Change = Literal["worse", "better", "flaky", "other content", "scope", "only here", "gone", "same"]
CHANGES: tuple[Change, ...] = (
    "worse",
    "better",
    "flaky",
    "other content",
    "gone",
    "only here",
    "scope",
    "same",
)
Word = Literal["slower", "faster", "no difference", "inconclusive"]


class Member(Model):
    """One run of a column."""

    id: str
    source: str
    started: float
    verdict: str
    banner: str
    scope: str
    version: str
    ended_early: bool


class Circumstances(Model):
    """What is not the cloud and could make its times other ones."""

    machine: str
    processor: str
    system: str
    cpus: int | None
    memory_mb: int | None
    load: float | None = Field(description="Load while it ran, the greater of its start and end.")
    round_trip_ms: float | None
    answer_ms: float | None
    workers: int
    servers: int | None
    lab: bool


class Head(Model):
    """A column: the runs of one configuration; what is one run's is the newest's."""

    name: str
    site: str
    architecture: str
    release: str
    fingerprint: str
    runs: list[Member]
    go: int = Field(description="How many of its runs are GO.")
    verified: int
    total: int
    circumstances: Circumstances
    marks: list[str] = Field(description="What changed within or against its series without breaking it.")
    could_explain: list[str] = Field(description="Differences to the baseline that could explain times.")


class Value(Model):
    """A clause in one column."""

    there: bool = Field(description="Whether the column's description has it.")
    described: Any = None
    observed: Any = None
    contradicted: bool = Field(default=False, description="The observed value counts, not the described.")


class Clause(Model):
    """A clause, or clauses below one place, that the columns do not have alike."""

    path: str
    clauses: int = Field(default=1, description="How many leaves; more than 1: all that stands below.")
    origin: str
    alike: bool = Field(default=False, description="Described otherwise, and observed to be the same.")
    values: list[Value]


class Found(Model):
    """Something that was found otherwise, whatever was described; null where nobody looked."""

    kind: Literal["clause", "names", "undescribed", "system", "package"]
    what: str
    values: list[str | None]
    contradicts: list[bool] = Field(default=[], description="By column: not what its description says.")


class Cell(Model):
    """A scenario in one column: the newest run's verdict, and all of them where they are not one; ``carried``
    where no run of the column told it, but carried it from an earlier one.
    """

    verdict: str | None
    counts: dict[str, int] = {}
    carried: bool = False


class Verdicts(Model):
    """A scenario on subjects that came to the same in every column."""

    id: str
    title: str
    gate: str
    subjects: list[str]
    cells: list[Cell]
    changes: list[Change]
    change: Change = Field(description="The weightiest of them.")
    reason: str = ""


class Deviating(Model):
    """A deviation of one column."""

    path: str
    described: Any
    observed: Any
    level: str
    undescribed: bool = False


class Against(Model):
    """A column against the baseline."""

    worse: int
    better: int
    flaky: int
    incomparable: int
    new: list[Deviating]
    still: list[Deviating]
    fixed: list[Deviating]
    unseen: list[Deviating] = Field(description="Deviated in the baseline, not looked at here.")
    failures: list[str] = Field(description="Fail here; the baseline does not have them.")
    words: dict[Word, int] = Field(description="Statements about times of scenarios.")
    slower_figures: int = Field(description="Kinds of measurement (boot, object PUT) that are slower.")
    untimed: dict[str, int] = Field(description="Why times were not compared, and of how many scenarios.")


class Figure(Model):
    """A headline figure by column, of what all of them told alike."""

    name: str
    unit: Literal["s", "ms"]
    values: list[float | None]
    samples: list[int]
    greatest: list[bool] = Field(description="Too few samples for the share: the greatest one stands there.")
    words: list[Word | None]


class Spread(Model):
    """Measurements of one kind, seconds in ascending order, by column."""

    name: str
    samples: list[int] = Field(description="How many there were; of more than 200, evenly many are kept.")
    values: list[list[float]]


class Time(Model):
    """A statement about how long one thing took in a column, beside the baseline."""

    column: int
    kind: Literal["figure", "scenario", "step"]
    name: str
    step: str = ""
    word: Word
    rule: str
    unit: str
    before: float
    after: float
    ratio: float
    low: float | None
    high: float | None
    p: float | None = Field(description="Corrected for all statements of this comparison.")
    effect: float = Field(description="Cliff's delta, -1 to 1.")
    samples: tuple[int, int]
    runs: tuple[int, int]
    more: int | None = Field(description="How many more runs a side it would take, where inconclusive.")


class Rules(Model):
    """What the statements about times rest on."""

    alpha: float
    margin: float
    negligible: float
    tested: int
    unsaid: int = Field(description="Steps with one measurement a side, of which nothing can be said.")


class Comparison(Model):
    """Runs side by side."""

    comparison: Literal[1] = 1
    columns: list[Head]
    against: list[Against] = Field(description="Of the baseline itself: nothing new, nothing fixed.")
    figures: list[Figure]
    spreads: list[Spread] = []
    clauses: list[Clause]
    found: list[Found]
    verdicts: list[Verdicts]
    times: list[Time]
    rules: Rules
    warnings: list[str]
