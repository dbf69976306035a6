"""What history answers, for a terminal: ``rich`` text, never markup, and nothing that steers it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.history.durations import Duration
from reports.history.entry import Facts
from reports.history.flaky import Flaky
from reports.history.retention import Choice, Leaving
from reports.history.spark import BARS, MARKS, marks, sparkline
from reports.history.story import Story
from reports.history.trend import Change, Point
from reports.render.terminal import COLOURS, safe
from reports.text import count, seconds, size

ANSWERS = {"GO": "green", "NO-GO": "red", "COULD NOT JUDGE": "yellow"}
_CHART = 80
_CHANGES = 8
_DIFFERENCES = 8
_FLIPS = 40


def day(moment: float) -> str:
    """``2026-11-21 19:05``, UTC."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.gmtime(moment))
    except (ValueError, OverflowError, OSError):
        return "?"


def short(run: Facts) -> str:
    """The last four digits of a run-id."""
    return run.id.rpartition("-")[2]


def runs(told: Sequence[tuple[Facts, bool]], *, series: bool, going: Sequence[str] = ()) -> RenderableType:
    """Runs as lines, each with whether its description is another than the one before's; ``series`` names
    site and architecture on every line. ``going`` are run-ids of those that have not ended.
    """
    table = Table.grid(padding=(0, 2))
    for name in going:
        table.add_row(safe(name.rpartition("-")[2]), "", Text("still goes", "cyan"))
    for run, changed in told:
        verdict = Text(run.verdict or "not read", ANSWERS.get(run.verdict, "bright_black"))
        cells = [safe(short(run)), Text(day(run.started)), verdict]
        cells += [Text(f"{run.verified}/{run.total}" if run.total else "", justify="right")]
        cells += [Text(seconds(run.wall) if run.verdict else "", justify="right"), safe(run.version)]
        cells += [Text("Δ" if changed else "", "bold magenta"), safe(_notes(run))]
        table.add_row(*cells, *([safe(" · ".join(run.series), limit=60)] if series else []))
    return table


def _notes(run: Facts) -> str:
    """Tags, and what a reader of the line must know besides."""
    scope = [f"scope {run.scope}"] if run.verdict and run.scope not in ("", "all") else []
    early = ["ended early"] if run.early else []
    lent = [f"{run.carried} carried"] if run.carried else []
    return " ".join(
        [*(f"#{tag}" for tag in run.tags), *scope, *early, *lent, *([run.why] if run.why else [])]
    )


def story(one: Story) -> RenderableType:
    """A scenario through its runs, the newest to the right."""
    told = one.told[-_CHART:]
    passed = [each for each in one.told if each.verdict == "pass"]
    first, last = one.told[0].run, one.told[-1].run
    head = f"{count(len(one.told), 'run')}, {day(first.started)} to {day(last.started)}, {len(passed)} passed"
    lines = [safe(one.key, "bold") + Text(f"  {head}", "dim")]
    lines.append(Text("  verdict  ") + _coloured([each.verdict for each in told]))
    if passed:
        bars = sparkline([each.seconds if each.verdict == "pass" else None for each in told])
        spans = sorted(each.seconds for each in passed)
        between = f"{seconds(spans[0])} to {seconds(spans[-1])}, median {seconds(spans[len(spans) // 2])}"
        lines.append(Text("  seconds  ") + Text(bars, "cyan") + Text(f"  {between}", "dim"))
    changed = "".join("Δ" if each.described else "v" if each.changed else " " for each in told)
    if changed.strip():
        lines.append(Text("  changed  ") + Text(changed, "bold magenta"))
    return Group(*lines)


def legend() -> RenderableType:
    """What the characters of a chart mean."""
    told = "  ".join(f"{mark} {word.replace('_', ' ')}" for word, mark in MARKS.items())
    return Text(f"{told}   {BARS[0]}…{BARS[-1]} passes' seconds   Δ description   v scenario", "dim")


def _coloured(verdicts: Sequence[str]) -> Text:
    parts = zip(marks(verdicts), verdicts, strict=True)
    return Text.assemble(*((mark, COLOURS.get(verdict, "")) for mark, verdict in parts))


def trend(points: Sequence[Point], of: int) -> RenderableType:
    """Points, newest first, of so many runs."""
    if not points:
        return Text(f"Nothing changed its level in {count(of, 'run')}.")
    return Group(*(line for point in points for line in (*_point(point), Text())))


def _point(point: Point) -> Iterable[Text]:
    after, before = point.after, point.before
    yield Text(f"{day(after.started)}  ", "bold") + safe(
        f"run {short(after)}, before it {short(before)}", "dim"
    )
    told = point.differences
    apart = f" ({abs(point.later)} {'later' if point.later > 0 else 'earlier'})" if point.later else ""
    for each in told[:_DIFFERENCES]:
        yield Text("  changed  ", "magenta") + safe(f"{each}{apart}")
    if len(told) > _DIFFERENCES:
        yield Text(f"           and {len(told) - _DIFFERENCES} more", "dim")
    if not told:
        yield Text("  changed  nothing that a run knows of", "dim")
    for change in point.changes[:_CHANGES]:
        yield _change(change)
    if len(point.changes) > _CHANGES:
        yield Text(f"           and {len(point.changes) - _CHANGES} more", "dim")


def _change(change: Change) -> Text:
    words = {"seconds": ("slower", "faster"), "verdict": ("worse", "better"), "percent": ("less", "more")}
    word = Text(f"  {words[change.kind][not change.worse]:<7}  ", "red" if change.worse else "green")
    sides = f"{change.runs[0]} and {change.runs[1]} runs, p {change.p:.1g}"
    return word + safe(change.key) + Text(f"  {_levels(change)}") + Text(f"  {sides}", "dim")


def _levels(change: Change) -> str:
    if change.kind == "verdict":
        return f"passes {change.was:.0%} → {change.now:.0%}"
    if change.kind == "percent":
        return f"{change.was:.1f} % → {change.now:.1f} %"
    share = f" ({change.now / change.was - 1:+.0%})" if change.was > 0 else ""
    return f"{seconds(change.was)} → {seconds(change.now)}{share}"


def flaky(told: Sequence[Flaky], of: int) -> RenderableType:
    """What flips, of so many runs."""
    if not told:
        return Text(f"Nothing flips without a change of the description in {count(of, 'run')}.")
    return Group(*(line for each in told for line in _flaky(each)))


def _flaky(each: Flaky) -> Iterable[Text]:
    share = (
        f"{each.bad} of {each.told} runs did not pass: {each.rate:.0%} ({each.low:.0%} to {each.high:.0%})"
    )
    yield safe(each.key, "bold") + Text(f"  {share}")
    since = f"  {count(each.flips, 'flip')} since {day(each.since.started)}, last {day(each.last.started)}"
    quiet = f", {count(each.passes, 'pass', 'passes')} since: it seems to be gone" if each.gone else ""
    yield Text(since + quiet, "dim")
    yield Text("  ") + _coloured(each.verdicts[-_FLIPS:])


def durations(told: Sequence[Duration], steps: Sequence[Duration], of: int) -> RenderableType:
    """Scenarios, then steps, the greatest share of all seconds first."""
    if not told:
        return Text(f"Nothing passed in {count(of, 'run')}.")
    more: list[RenderableType] = [Text(), _durations("step", steps)] if steps else []
    return Group(_durations("scenario", told), *more)


def _durations(head: str, told: Sequence[Duration]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(
        *(Text(word, "dim", justify="right") for word in ("p50", "p95", "share", "runs")), Text(head, "dim")
    )
    for each in told:
        numbers = (seconds(each.p50), seconds(each.p95), f"{each.share:.1%}", str(each.runs))
        name = f"{each.key}: {each.step}" if each.step else each.key
        table.add_row(*(Text(word, justify="right") for word in numbers), safe(name, limit=120))
    return table


def leaving(choice: Choice, done: bool) -> RenderableType:
    """What goes, what must stay, and how much is left."""
    table = Table.grid(padding=(0, 2))
    for mark, rows in (("removed" if done else "would go", choice.going), ("stays", choice.held)):
        for each in rows:
            table.add_row(Text(mark, "" if mark == "stays" else "yellow"), *_leaving(each))
    total = sum(each.run.size for each in choice.going)
    summary = f"{count(len(choice.going), 'run')}, {size(total)}; {size(choice.left)} are left"
    hint = "" if done or not choice.going else "; nothing was removed: --yes does it"
    return Group(table, Text(summary + hint))


def _leaving(each: Leaving) -> list[Text]:
    run = each.run
    return [safe(run.id), Text(size(run.size), justify="right"), safe(run.verdict), safe(each.because)]
