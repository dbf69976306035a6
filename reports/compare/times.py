"""How long things took in a column beside the baseline, and which of it cannot be compared at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reports.compare.columns import Column, pace
from reports.compare.model import Rules, Time, Word
from reports.compare.reading import Seen, Told
from reports.compare.verdicts import comparable
from reports.stats import ALPHA, MARGIN, NEGLIGIBLE, Pair, Statement, judge

Kind = Literal["figure", "scenario", "step"]
Question = tuple[int, Kind, str, str]
"""Column, kind, name and step."""
Runs = Sequence[Sequence[float]]


_FAILED = "it did not pass on both sides"
_CARRIED = "it was carried from an earlier run"


@dataclass
class Timed:
    """Everything that is asked about times, before it is judged all at once."""

    questions: list[Question] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    untimed: list[Counter[str]] = field(default_factory=list)
    unsaid: int = 0

    def ask(self, question: Question, before: Runs, after: Runs) -> None:
        """One question more."""
        self.questions.append(question)
        self.pairs.append(Pair(before, after))


@dataclass(frozen=True)
class Times:
    """The statements, and what none was made of."""

    rows: list[Time]
    rules: Rules
    untimed: list[dict[str, int]]

    def words(self, column: int) -> dict[Word, int]:
        """How many scenarios of a column are said to be what."""
        return dict(Counter(row.word for row in self.rows if row.column == column and row.kind == "scenario"))

    def slower(self, column: int) -> int:
        """How many kinds of measurement are slower."""
        return sum(r.column == column and r.kind == "figure" and r.word == "slower" for r in self.rows)


def times(columns: Sequence[Column]) -> Times:
    """Every scenario, step and kind of measurement that the baseline and a column have in common."""
    timed = Timed(untimed=[Counter() for _ in columns])
    for number, column in enumerate(columns[1:], 1):
        _ask(timed, number, columns[0], column)
    statements = judge(timed.pairs)
    rows = [_row(asked, said) for asked, said in zip(timed.questions, statements, strict=True)]
    tested = sum(said.p is not None for said in statements)
    rules = Rules(alpha=ALPHA, margin=MARGIN, negligible=NEGLIGIBLE, tested=tested, unsaid=timed.unsaid)
    return Times(rows, rules, [dict(each) for each in timed.untimed])


def passed(column: Column, key: str) -> list[Told]:
    """What its runs of one pace told of a scenario, as far as it is the newest one's and passed. What a run
    carried is the sample of another one.
    """
    told = [run.scenarios[key] for run in column.timed if key in run.scenarios]
    mine = [each for each in told if each.verdict == "pass" and not each.carried]
    return [each for each in mine if each.version == told[-1].version]


def unlike(before: Seen, after: Seen) -> str:
    """Why no time of two runs can be compared; empty where it can."""
    if pace(before) == pace(after):
        return ""
    if before.lab != after.lab:
        return "one is a lab and one is not"
    said = [
        f"{what} {was or 'none'} against {now or 'none'}"
        for what, was, now in (
            ("workers", before.workers, after.workers),
            ("servers at once", before.options.get("servers"), after.options.get("servers")),
        )
        if was != now
    ]
    return ", ".join(said)


def _ask(timed: Timed, number: int, base: Column, column: Column) -> None:
    why = unlike(base.newest, column.newest)
    kinds: dict[str, tuple[dict[int, list[float]], dict[int, list[float]]]] = {}
    for key, told in column.newest.scenarios.items():
        here = base.newest.scenarios.get(key)
        if here is None or told.verdict in ("not_applicable", "out_of_reach"):
            continue
        before, after = passed(base, key), passed(column, key)
        lacking = _CARRIED if here.carried or told.carried else _FAILED
        reason = why or comparable([here], [told]) or ("" if before and after else lacking)
        if reason:
            timed.untimed[number][_sort(reason)] += 1
            continue
        timed.ask((number, "scenario", key, ""), _durations(before), _durations(after))
        _steps(timed, number, key, before, after)
        _gather(kinds, before, after)
    for kind, (was, now) in sorted(kinds.items()):
        if was and now:
            timed.ask((number, "figure", kind, ""), list(was.values()), list(now.values()))


def _sort(reason: str) -> str:
    """The same words for all scenarios."""
    return "its content changed" if reason.startswith("its content changed") else reason


def _durations(told: Iterable[Told]) -> list[list[float]]:
    return [[each.duration] for each in told]


def _steps(timed: Timed, number: int, key: str, before: Sequence[Told], after: Sequence[Told]) -> None:
    """Steps by their sentences; of a single run a side nothing can be said that the scenario does not say."""
    was, now = _by_title(before), _by_title(after)
    titles = [title for title in now if title in was]
    if len(now) < 2:
        return
    if len(before) == len(after) == 1:
        timed.unsaid += len(titles)
        return
    for title in titles:
        timed.ask((number, "step", key, title), was[title], now[title])


def _by_title(told: Iterable[Told]) -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = {}
    for each in told:
        for title, seconds in each.steps:
            found.setdefault(title, []).append([seconds])
    return found


def _gather(
    kinds: dict[str, tuple[dict[int, list[float]], dict[int, list[float]]]],
    before: Sequence[Told],
    after: Sequence[Told],
) -> None:
    """Single measurements of both sides, by kind and run."""
    for side, told in enumerate((before, after)):
        for run, each in enumerate(told):
            for kind, values in each.samples.items():
                kinds.setdefault(kind, ({}, {}))[side].setdefault(run, []).extend(values)


def _row(asked: Question, said: Statement) -> Time:
    column, kind, name, step = asked
    return Time(
        column=column,
        kind=kind,
        name=name,
        step=step,
        word=said.word,
        rule=said.rule,
        unit=said.unit,
        before=said.before,
        after=said.after,
        ratio=said.ratio,
        low=said.low,
        high=said.high,
        p=said.p,
        effect=said.effect,
        samples=said.samples,
        runs=said.runs,
        more=said.more,
    )


def measured(columns: Sequence[Column]) -> Iterator[Mapping[str, list[float]]]:
    """By column, single measurements by kind, of the scenarios that all columns told alike; where there are
    none such, of all that passed.
    """
    keys = [key for key in columns[0].newest.scenarios if _everywhere(columns, key)]
    for column in columns:
        found: dict[str, list[float]] = {}
        for key in keys or column.newest.scenarios:
            for told in passed(column, key):
                for kind, values in told.samples.items():
                    found.setdefault(kind, []).extend(values)
        yield found


def _everywhere(columns: Sequence[Column], key: str) -> bool:
    told = [passed(column, key) for column in columns]
    return all(told) and len({each[-1].version for each in told}) == 1
