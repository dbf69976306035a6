"""A run seen live: gates, the stories being told, the last failures; plain lines without a terminal."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from harness.cli.progress import Progress, Told
from harness.evidence import RunFolder
from reports.model import VERDICTS
from reports.render.terminal import COLOURS, safe
from reports.text import count, line, seconds

_PAUSE = 0.1
_TELLING = 8
_BAR = 24


def follow(
    folder: RunFolder,
    running: Callable[[], bool],
    console: Console | None = None,
    progress: Progress | None = None,
) -> Progress:
    """Show the run until ``running`` says that it is over, from ``progress`` on; gives how far it came."""
    console = console or Console(highlight=False)
    progress = progress or Progress(folder)
    show = _watch if console.is_terminal else _print
    show(progress, running, console)
    return progress


def _watch(progress: Progress, running: Callable[[], bool], console: Console) -> None:
    with Live(console=console, refresh_per_second=8, transient=True, get_renderable=lambda: view(progress)):
        for _ in _told(progress, running):
            pass


def _print(progress: Progress, running: Callable[[], bool], console: Console) -> None:
    """One line a verdict; what is out of reach, or left out, for a reason that was told already is counted at
    the end.
    """
    reasons: Counter[tuple[str, str]] = Counter()
    for told in _told(progress, running):
        if told.verdict.verdict == "out_of_reach" or told.left_out:
            which = (_word(told), told.verdict.reason)
            reasons[which] += 1
            if reasons[which] > 1:
                continue
        place = f"[{told.number:>{len(str(progress.total))}}/{progress.total}] "
        console.print(Text(place) + _line(told), soft_wrap=True)
    for (word, reason), number in reasons.items():
        if number > 1:
            more = Text(f"{word:<12} ", COLOURS["out_of_reach"])
            console.print(more + safe(f"{number - 1} more: {reason}", limit=240), soft_wrap=True)


def _told(progress: Progress, running: Callable[[], bool]) -> Iterable[Told]:
    """Every verdict as it is written, the last ones too."""
    going = True
    while going:
        going = running()
        yield from progress.advance()
        if going:
            time.sleep(_PAUSE)


def _line(told: Told) -> Text:
    verdict = told.verdict
    text = Text(f"{_word(told):<12} ", COLOURS[verdict.verdict]) + safe(told.key)
    if verdict.verdict == "pass":
        return text + Text(f" ({seconds(verdict.duration)})", "dim")
    why = f"blocked by {verdict.root}" if verdict.root else verdict.reason
    return text + (safe(f": {why}", "dim", 240) if why else Text())


def _word(told: Told) -> str:
    return "left out" if told.left_out else told.verdict.verdict.replace("_", " ")


def view(progress: Progress) -> RenderableType:
    """The whole picture at this moment."""
    now = time.time()
    parts: list[RenderableType] = [_head(progress, now), _gates(progress)]
    if progress.telling:
        parts += [Text(), _stories(progress, now)]
    if progress.failures:
        parts += [Text(), Text("Last failures", "bold"), *(_line(told) for told in progress.failures)]
    return Group(*parts)


def _head(progress: Progress, now: float) -> Text:
    if not progress.planned:
        return Text.assemble(("Planning", "bold"), (f"  {seconds(now - progress.began)}", "dim"))
    failed = f", {count(progress.failed, 'failure')}" if progress.failed else ""
    return Text.assemble(
        (f"{progress.done} of {progress.total} scenarios", "bold"),
        f", {progress.carried} carried" if progress.carried else "",
        (failed, "bold red"),
        (f"  {seconds(now - progress.began)} · {count(progress.exchanges, 'exchange')}", "dim"),
        (f" · {seconds(max(0.0, round(progress.ends - now)))} left" if progress.ends else "", "dim"),
    )


def _gates(progress: Progress) -> Table:
    table = Table.grid(padding=(0, 2))
    for gate, counts, size in progress.gates():
        done = sum(counts.values())
        bar = Text()
        for name in ("pass", *(name for name in VERDICTS if name != "pass")):
            bar.append("━" * round(_BAR * counts[name] / max(size, done)), COLOURS[name])
        bar.append("━" * (_BAR - len(bar)), "bright_black")
        tally = Text(", ").join(
            Text(f"{counts[name]} {name.replace('_', ' ')}", COLOURS[name])
            for name in VERDICTS
            if counts[name]
        )
        table.add_row(
            Text(line(gate, 30), "bold" if done < size else "dim"), bar, Text(f"{done}/{size}"), tally
        )
    return table


def _stories(progress: Progress, now: float) -> Table:
    table = Table.grid(padding=(0, 2))
    for telling in list(progress.telling.values())[:_TELLING]:
        took = Text(seconds(now - telling.since), "dim", justify="right")
        step = safe(telling.step, "dim", 80) + Text(
            "  waits for a rate limit" if telling.held else "", "yellow"
        )
        table.add_row(Text("▸", "cyan"), safe(telling.key, limit=60), took, step)
    return table
