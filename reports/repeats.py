"""What several runs of the same tell together: how often each scenario passes, how long things take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reports.compare.figures import HEADLINES
from reports.compare.reading import Seen, Told, read
from reports.stats import quantile
from reports.stats.shares import Middle, middle, wilson
from reports.text import count, line, seconds

_JUDGED = ("pass", "fail", "unknown")
_SHOWN = 20


@dataclass(frozen=True)
class Rate:
    """A scenario that did not pass every time: ``low`` and ``high`` bound the share that does not."""

    key: str
    passed: int
    told: int
    low: float
    high: float
    verdicts: tuple[str, ...]
    reason: str

    @property
    def flaky(self) -> bool:
        """Whether it passes at one time and not at another."""
        return 0 < self.passed < self.told


@dataclass(frozen=True)
class Repeats:
    """``wanted`` runs were asked for; ``rates`` has the flaky ones first, ``steady`` is how many others
    passed in all runs.
    """

    wanted: int
    answers: dict[str, int]
    rates: list[Rate]
    steady: int
    figures: list[tuple[str, Sequence[float], Middle | None]] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """How many there are."""
        return sum(self.answers.values())


def read_repeats(folders: Iterable[Path], wanted: int) -> Repeats:
    """Read the reports of the runs; raises ``UsageError`` where one cannot be read."""
    runs = [read(folder) for folder in folders]
    keys = dict.fromkeys(key for run in runs for key in run.scenarios)
    told = {key: [run.scenarios[key] for run in runs if key in run.scenarios] for key in keys}
    rates = [rate for key, each in told.items() if (rate := _rate(key, each))]
    bad = [rate for rate in rates if rate.passed < rate.told]
    return Repeats(
        wanted,
        dict(Counter(run.verdict for run in runs)),
        sorted(bad, key=lambda rate: (not rate.flaky, rate.passed / rate.told, rate.key)),
        len(rates) - len(bad),
        list(_figures(runs)),
    )


def to_terminal(told: Repeats) -> str:
    """The last screen of ``run --repeat``: flaky ones first, then what never passed, then durations."""
    answers = ", ".join(f"{number} {word}" for word, number in told.answers.items())
    of = f" of {told.wanted}" if told.runs < told.wanted else ""
    rows = [f"{told.runs}{of} runs: {answers or 'none'}"]
    flaky = [rate for rate in told.rates if rate.flaky]
    for title, rates in (("Flaky", flaky), ("Never passed", told.rates[len(flaky) :])):
        rows += [title, *map(_row, rates[:_SHOWN])] if rates else []
        rows += [f"  and {len(rates) - _SHOWN} more"] if len(rates) > _SHOWN else []
    if told.runs and told.steady:
        most = wilson(0, told.runs)[1]
        rows.append(
            f"{count(told.steady, 'scenario')} passed every time; one that fails now and then does so in at "
            f"most {most:.0%} of runs"
        )
    return "\n".join([*rows, *_durations(told)]) + "\n"


def _rate(key: str, told: Sequence[Told]) -> Rate | None:
    """How often it passed, of the runs that came to judge it; None where none did."""
    mine = [each for each in told if each.verdict in _JUDGED and not each.carried]
    if not mine:
        return None
    bad = [each for each in mine if each.verdict != "pass"]
    low, high = wilson(len(bad), len(mine))
    verdicts = tuple(each.verdict for each in mine)
    return Rate(key, len(mine) - len(bad), len(mine), low, high, verdicts, bad[0].reason if bad else "")


def _row(rate: Rate) -> str:
    failed = rate.told - rate.passed
    share = f"{failed / rate.told:.0%} ({rate.low:.0%} to {rate.high:.0%})"
    return f"  {line(rate.key, 60)}: {failed} of {rate.told} did not pass, {share}: {line(rate.reason, 120)}"


def _figures(runs: Sequence[Seen]) -> Iterable[tuple[str, Sequence[float], Middle | None]]:
    """Each run is one value: measurements of one run are not independent of each other."""
    for name, kind, share in HEADLINES:
        each = [_samples(run, kind) for run in runs]
        values = [found for samples in each if (found := quantile(samples, share)) is not None]
        if values:
            yield name, values, middle(values)
    walls = [run.wall for run in runs if not (run.ended_early or run.carries)]
    if walls:
        yield "whole run", walls, middle(walls)


def _samples(run: Seen, kind: str) -> list[float]:
    told = (each for each in run.scenarios.values() if each.verdict == "pass" and not each.carried)
    return [value for each in told for value in each.samples.get(kind, ())]


def _durations(told: Repeats) -> Iterable[str]:
    if not told.figures:
        return
    yield "Durations (a run is one value: median, and where it lies)"
    for name, values, found in told.figures:
        if found is None:
            yield f"  {name:<14} {seconds(values[0])}, of one run"
        else:
            bounds = f"{seconds(found.low)} to {seconds(found.high)}, {found.level:.0%} sure"
            yield f"  {name:<14} {seconds(found.value)} ({bounds}, of {count(len(values), 'run')})"
