"""How far a run is, folded from its record while it is written. Knows nothing of terminals."""

from __future__ import annotations

import json
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.arch.clauses import ClauseTable
from harness.evidence import Row, RunFolder, ScenarioVerdict, Tail, Waiver, judge_scenario, load_waivers
from harness.evidence.absence import Absence, absences
from harness.evidence.timed import LEFT_OUT
from harness.ledger.file import MadeSoFar

_FAILURES = 4
_LIMITED = (413, 429)


@dataclass
class Telling:
    """A story that is being told; ``held`` up while a rate limit makes it wait."""

    key: str
    worker: str
    since: float
    step: str = ""
    held: bool = False


@dataclass(frozen=True)
class Told:
    """A story that has its verdict; ``left_out``: the run has no time for it."""

    key: str
    gate: str
    verdict: ScenarioVerdict
    number: int
    left_out: bool = False


class Progress:
    """The state of one run; ``advance`` reads what is new in the record and gives the new verdicts.

    ``ends`` (epoch seconds) is when it has to be over, where it has to.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.began = time.time()
        self.exchanges = 0
        self.counts: dict[str, Counter[str]] = {}
        self.telling: dict[str, Telling] = {}
        self.failures: deque[Told] = deque(maxlen=_FAILURES)
        self.failed = 0
        self.done = 0
        self.ends: float | None = None
        self._tail = Tail(folder.events)
        self._made = MadeSoFar(folder.ledger)
        self._rows: dict[str, list[Row]] = {}
        self._verdicts: set[str] = set()

    @cached_property
    def plan(self) -> Mapping[str, Mapping[str, Any]]:
        """The planned scenarios by key, in running order."""
        rows = json.loads(self.folder.plan.read_text(encoding="utf-8"))["scenarios"]
        return {str(row["key"]): row for row in rows}

    @cached_property
    def carried(self) -> int:
        """How many results of an earlier run are carried; asked for once there is a plan."""
        return len(json.loads(self.folder.plan.read_text(encoding="utf-8")).get("carried", ()))

    @property
    def planned(self) -> bool:
        """Whether the plan stands already."""
        return "plan" in self.__dict__ or self.folder.plan.exists()

    @property
    def total(self) -> int:
        """How many scenarios there are to judge."""
        return sum(map(self._judged, self.plan)) if self.planned else 0

    def gates(self) -> list[tuple[str, Counter[str], int]]:
        """(gate, verdicts so far, planned) in order."""
        if not self.planned:
            return []
        sizes = Counter(str(row["gate"]) for key, row in self.plan.items() if self._judged(key))
        return [(gate, self.counts.get(gate, Counter()), size) for gate, size in sizes.items()]

    def advance(self) -> list[Told]:
        """Read on; rows are not looked at before there is a plan."""
        if not self.planned:
            return []
        return [told for row in self._tail.read() if (told := self._take(row)) is not None]

    def _take(self, row: Row) -> Told | None:
        key = row.get("scenario")
        if row["kind"] == "run" and row.get("phase") == "accounts":
            self.__dict__.pop("plan", None)  # it was fitted to what the accounts may do
        if row["kind"] == "run" and row.get("phase") == "wall":
            self.ends = row.get("ends")
        if not isinstance(key, str):
            return None
        self._rows.setdefault(key, []).append(row)
        match row["kind"], row.get("phase"):
            case "scenario", "start":
                self.telling[key] = Telling(key, row["worker"], row["t"])
            case "step", "start" if key in self.telling:
                self.telling[key].step = str(row.get("title") or "")
            case "scenario", "end":
                self.telling.pop(key, None)
            case "exchange", _:
                self.exchanges += 1
                if key in self.telling:
                    self.telling[key].held = row.get("status") in _LIMITED
            case "verdict", _:
                return self._verdict(key, left_out=row.get("outcome") == LEFT_OUT)
        return None

    def _verdict(self, key: str, *, left_out: bool) -> Told:
        self.telling.pop(key, None)
        planned = self.plan.get(key, {"key": key, "gate": "unplanned"})
        verdict = judge_scenario(
            self._table,
            planned,
            self._rows.pop(key),
            self._waivers,
            self._made.ids(),
            self.began,
            self._absent,
        )
        self.done += 1
        self._verdicts.add(key)
        told = Told(key, str(planned["gate"]), verdict, self.done, left_out)
        self.counts.setdefault(told.gate, Counter())[verdict.verdict] += 1
        if verdict.verdict in ("fail", "unknown") and not left_out:
            self.failed += 1
            self.failures.append(told)
        return told

    def _judged(self, key: str) -> bool:
        """Whether a scenario has its verdict, or will have one of its own."""
        return key in self._verdicts or _runs(self.plan[key])

    @cached_property
    def _absent(self) -> tuple[Absence, ...]:
        site = json.loads(self.folder.run.read_text(encoding="utf-8")).get("site")
        return absences(site.get("absent")) if isinstance(site, dict) else ()

    @cached_property
    def _table(self) -> ClauseTable:
        return ClauseTable.from_json(json.loads(self.folder.architecture.read_text(encoding="utf-8")))

    @cached_property
    def _waivers(self) -> Sequence[Waiver]:
        return load_waivers(self.folder.waivers) if self.folder.waivers.exists() else ()


def _runs(planned: Mapping[str, Any]) -> bool:
    return bool(planned.get("applies", True) and planned.get("reach", True))
