"""From declared scenarios and one description to the plan: subjects expanded, needs resolved, order found.

What makes no sense is an error, all at once: an unknown need, a cycle, an id twice, too many servers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from harness.arch import Architecture
from harness.arch.paths import show
from harness.errors import Problem, UsageError
from harness.plan.declared import GATES, HOLDERS, Need, Scenario, split_need
from harness.plan.granting import Picked, Picking, nothing
from harness.plan.ordering import in_order, with_late
from harness.plan.planned import Plan, PlannedScenario
from harness.plan.scope import Scope, unserved
from harness.plan.subjects import planned_subjects, why_not

_PATIENCE = 30.0
CLEANUP = "cleanup"
"""The gate whose stories run whatever was selected."""
BUDGET = "preflight.budget"


def make_plan(
    declared: Sequence[Scenario],
    arch: Architecture,
    *,
    missing: Mapping[str, str] | None = None,
    selected: Collection[str] | None = None,
    scope: str = "all",
    budget: int = 4,
    nodeids: Mapping[str, str] | None = None,
    pick: Picking = nothing,
    carried: Collection[str] = (),
    within: Scope | None = None,
) -> Plan:
    """The plan of a run.

    ``declared`` is every scenario of the suite, ``selected`` the keys that the user wants (None: all); what
    those need and the clean-up are pulled in. ``missing`` maps a requirement to why the site cannot give it,
    ``pick`` says where a story may disturb, ``carried`` which results an earlier run has, of those that are
    not to run, ``within`` what alone is to be judged.
    Raises ``UsageError`` with every problem.
    """
    expanding = _Expanding(declared, arch, pick)
    rows = with_late([*expanding.planned(missing or {}, nodeids or {}), *_absent(declared, arch, nodeids)])
    everything = in_order(rows, expanding.problems)
    if within is not None:
        selected = within.select(everything, selected)
    wanted = _with_needs(everything, selected)
    greedy = [p for p in everything if p.servers > budget and p.key in wanted]
    expanding.problems += [_greedy(expanding.place(planned.id), planned, budget) for planned in greedy]
    if expanding.problems:
        raise UsageError(*expanding.problems)
    lent = set(carried) - wanted
    return Plan(
        scenarios=tuple(_only(p, wanted, selected, within) for p in everything if p.key in wanted),
        scope=scope,
        deselected=tuple(p for p in everything if p.key not in wanted | lent),
        carried=tuple(p for p in everything if p.key in lent),
        order=tuple(p.key for p in everything if p.key in wanted | lent) if lent else (),
        bounds=within.printed if within else None,
    )


def _absent(
    declared: Sequence[Scenario], arch: Architecture, nodeids: Mapping[str, str] | None
) -> list[PlannedScenario]:
    """The stories about nodes that are not there yet: out of reach, and needed by nobody."""
    if arch.whole is None:
        return []
    found = _Expanding(declared, arch.whole, nothing).planned({}, nodeids or {})
    about = ((row, row.subject) for row in found if row.applies and row.subject in arch.absent)
    return [_waiting(row, node or "", arch.absent[node or ""]) for row, node in about]


def _waiting(row: PlannedScenario, node: str, why: str) -> PlannedScenario:
    alone = replace(row, needs=(), after=(), until=(), holds=(), disturbs="")
    return replace(alone, reach=False, absent=node, reason=why)


class _Expanding:
    """The suite while it is expanded over its subjects; problems are gathered, not raised."""

    def __init__(self, declared: Sequence[Scenario], arch: Architecture, pick: Picking) -> None:
        self.arch = arch
        self.pick = pick
        self.problems: list[Problem] = []
        self.objectives = _objectives(arch)
        self.declared: dict[str, Scenario] = {}
        self.subjects: dict[str, tuple[str | None, ...]] = {}
        self.reasons: dict[str, str] = {}
        for scenario in declared:
            self._add(scenario)

    def place(self, scenario_id: str) -> str:
        return self.declared[scenario_id].place

    def _add(self, scenario: Scenario) -> None:
        if scenario.id in self.declared:
            first = self.place(scenario.id)
            self.problems.append(Problem(scenario.place, f"the id {scenario.id} stands already at {first}"))
            return
        self.declared[scenario.id] = scenario
        try:
            subjects, self.reasons[scenario.id] = planned_subjects(scenario, self.arch)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            self.problems.append(Problem(scenario.place, str(error) or repr(error)))
            subjects = (None,)
        self.subjects[scenario.id] = subjects

    def planned(self, missing: Mapping[str, str], nodeids: Mapping[str, str]) -> list[PlannedScenario]:
        ordered = sorted(self.declared.values(), key=lambda s: GATES.index(s.gate))
        rows = [self._one(s, subject, missing) for s in ordered for subject in self.subjects[s.id]]
        return [replace(row, nodeid=nodeids.get(row.key, "")) for row in _inherited(rows)]

    def _one(self, scenario: Scenario, subject: str | None, missing: Mapping[str, str]) -> PlannedScenario:
        needs, absent = self._needs(scenario, subject, self._with_budget(scenario))
        after, _ = self._needs(scenario, subject, scenario.after)
        until, _ = self._needs(scenario, subject, scenario.until)
        lacking = "; ".join(missing[name] for name in scenario.requires if name in missing)
        picked = self.pick(scenario.disturbs) if scenario.disturbs else Picked("")
        lacking = lacking or picked.reason
        reason = self.reasons.get(scenario.id, "") or absent
        gone = unserved(scenario.gate, self.arch) or (self._waits(scenario) if reason else "")
        reason, lacking = ("", self.arch.absent[gone]) if gone else (reason, lacking)
        return PlannedScenario(
            id=scenario.id,
            subject=subject,
            gate=scenario.gate,
            title=scenario.title,
            needs=needs,
            after=after,
            level=scenario.level,
            owns=tuple(_owned(pattern, subject) for pattern in scenario.owns),
            requires=scenario.requires,
            servers=scenario.servers,
            creates=scenario.creations,
            foreign=scenario.foreign,
            until=until,
            holds=tuple(_owned(name, subject) for name in scenario.holds),
            spread=scenario.spread,
            cost=scenario.cost,
            worst=self._worst(scenario),
            limit=scenario.limit or self._wall(scenario),
            after_all=scenario.after_all,
            disturbs=picked.place or scenario.disturbs,
            applies=not reason,
            reach=bool(reason) or not lacking,
            reason=reason or lacking,
            absent=gone,
            version=scenario.version,
        )

    def _waits(self, scenario: Scenario) -> str:
        """The absent node without which the description has nothing for a story; empty for none."""
        whole = self.arch.whole
        return next(iter(self.arch.absent), "") if whole and not why_not(scenario, whole) else ""

    def _with_budget(self, scenario: Scenario) -> tuple[Need, ...]:
        """What asks for a server needs the story which looks whether servers can be made at all."""
        looks = scenario.id == BUDGET or BUDGET not in self.declared or not scenario.creations
        return scenario.needs if looks or BUDGET in scenario.needs else (*scenario.needs, BUDGET)

    def _worst(self, scenario: Scenario) -> float:
        """Seconds where everything is slow: ten times the cost, and three of each objective it measures."""
        owned = (
            parts[1] for path in scenario.owns if (parts := path.split("."))[0] == "objectives" and parts[1:]
        )
        waits = sum(self.objectives.get(name, 0.0) for name in owned)
        return min(scenario.limit or self._wall(scenario), 10 * scenario.cost + 3 * waits)

    def _wall(self, scenario: Scenario) -> float:
        """Seconds after which a story hangs: it may wait for anything, so the slowest objective counts."""
        return _PATIENCE + 10 * scenario.cost + 3 * max(self.objectives.values(), default=0.0)

    def _needs(
        self, scenario: Scenario, subject: str | None, needs: Iterable[Need]
    ) -> tuple[tuple[str, ...], str]:
        """The keys that a scenario needs, and why it cannot apply where the description lacks one of them."""
        keys: list[str] = []
        absent = ""
        for text in self._spelled(scenario, needs):
            try:
                other, which = split_need(text)
            except ValueError as error:
                self._wrong(scenario, text, str(error))
                continue
            if other not in self.declared:
                near = get_close_matches(other, self.declared, 1)
                hint = f"did you mean {near[0]!r}? or " if near else ""
                hint += "is its file among those given? give the whole suite and select with -k"
                self._wrong(scenario, text, "no such scenario", hint)
                continue
            found = self._keys(scenario, subject, other, which, text)
            absent = absent or ("" if found else f"it needs {text}, which the description does not have")
            keys += found
        return tuple(dict.fromkeys(keys)), absent

    def _spelled(self, scenario: Scenario, needs: Iterable[Need]) -> Iterable[str]:
        for need in needs:
            if callable(need):
                yield from need(self.arch)
            elif need.startswith(HOLDERS):
                yield from self._holders(scenario, need.removeprefix(HOLDERS))
            else:
                yield need

    def _holders(self, scenario: Scenario, name: str) -> Iterable[str]:
        """Every other story that holds a shared thing, on the same subject where both have one."""
        for other in self.declared.values():
            if other.id != scenario.id and name in other.holds:
                alike = scenario.subjects is not None and other.subjects is not None
                yield f"{other.id}[=]" if alike else other.id

    def _keys(
        self, scenario: Scenario, subject: str | None, other: str, which: str | None, text: str
    ) -> list[str]:
        theirs = self.subjects[other]
        if which is None:
            return [_key(other, name) for name in theirs]
        if self.declared[other].subjects is None:
            self._wrong(scenario, text, f"{other} has no subjects", f"write {other!r}")
            return [other]
        if which == "=" and scenario.subjects is None:
            self._wrong(scenario, text, "this scenario has no subjects of its own", f"write {other!r}")
            return [_key(other, name) for name in theirs]
        name = subject if which == "=" else which
        return [_key(other, name)] if name in theirs else []

    def _wrong(self, scenario: Scenario, text: str, message: str, hint: str = "") -> None:
        problem = Problem(scenario.place, f"{scenario.id} needs {text!r}: {message}", hint=hint)
        if problem not in self.problems:
            self.problems.append(problem)


def _inherited(rows: list[PlannedScenario]) -> list[PlannedScenario]:
    """What needs only things that do not apply does not apply either; single ones of several are dropped."""
    by_key = {row.key: row for row in rows}
    changed = True
    while changed:
        changed = False
        for key, row in by_key.items():
            lost = _lost(row, by_key) if row.applies else ""
            if lost:
                reason = f"it needs {lost}, which does not apply"
                by_key[key] = replace(row, applies=False, reach=True, reason=reason)
                changed = True
    return [_without_lost(row, by_key) for row in by_key.values()]


def _lost(row: PlannedScenario, by_key: Mapping[str, PlannedScenario]) -> str:
    """The first scenario among the needs of which no subject at all applies."""
    alive: dict[str, bool] = {}
    for need in row.needs:
        other = by_key[need]
        alive[other.id] = alive.get(other.id, False) or other.applies
    return next((name for name, lives in alive.items() if not lives), "")


def _without_lost(row: PlannedScenario, by_key: Mapping[str, PlannedScenario]) -> PlannedScenario:
    if not row.applies:
        return row
    return replace(row, needs=tuple(need for need in row.needs if by_key[need].applies))


def _with_needs(rows: Sequence[PlannedScenario], selected: Collection[str] | None) -> set[str]:
    """The selected keys, everything that they need, and the clean-up where anything at all is selected.

    What removes servers that one of them leaves running comes too: else these would count as gone. What
    never runs needs nothing.
    """
    by_key = {row.key: row for row in rows}
    if selected is None:
        return set(by_key)
    left = [key for key in selected if key in by_key]
    left += [row.key for row in rows if row.after_all and row.gate == CLEANUP and selected]
    wanted: set[str] = set()
    while left:
        key = left.pop()
        if key not in wanted:
            wanted.add(key)
            left += (*by_key[key].needs, *by_key[key].until) if by_key[key].runs else ()
    return wanted


def _only(
    row: PlannedScenario, wanted: set[str], selected: Collection[str] | None, within: Scope | None
) -> PlannedScenario:
    after = tuple(key for key in row.after if key in wanted)
    until = tuple(key for key in row.until if key in wanted)
    outside = within is not None and not within.holds(row)
    pulled = selected is not None and row.key not in selected
    return replace(row, after=after, until=until, pulled=pulled, outside=outside)


def _objectives(arch: Architecture) -> dict[str, float]:
    """Seconds by objective."""
    measured = (clause for clause in arch.table.clauses.values() if clause.measured)
    return {c.path[-1]: float(c.value) for c in measured if isinstance(c.value, int | float)}


def _key(scenario_id: str, subject: str | None) -> str:
    return scenario_id if subject is None else f"{scenario_id}[{subject}]"


def _owned(pattern: str, subject: str | None) -> str:
    if subject is None or "{subject}" not in pattern:
        return pattern
    part = show(("x", subject))[1:]
    return pattern.replace(".{subject}", part).replace("{subject}", subject)


def _greedy(where: str, planned: PlannedScenario, budget: int) -> Problem:
    return Problem(
        where,
        f"{planned.key} runs more servers at once than the budget allows",
        expected=f"at most {budget}",
        found=str(planned.servers),
        hint="raise --servers",
    )
