"""One screen first, then what differs: ``rich`` text, never markup, and without control characters."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.compare.model import Comparison, Head, Time, Verdicts
from reports.compare.render import words
from reports.render.terminal import COLOURS, safe
from reports.text import count, line, seconds

_ROWS = 12
_TONES = {"slower": "red", "faster": "green", "no difference": "bright_black", "inconclusive": "yellow"}
_ANSWERS = {"GO": "bold green", "NO-GO": "bold red"}


def to_terminal(comparison: Comparison) -> str:
    """Plain lines, 100 columns wide; ``show`` prints them in colour."""
    stream = io.StringIO()
    show(comparison, Console(file=stream, width=100, color_system=None, force_terminal=False))
    return "\n".join(row.rstrip() for row in stream.getvalue().splitlines()) + "\n"


def show(comparison: Comparison, console: Console) -> None:
    """Print it."""
    console.print(Group(*_parts(comparison)))


def _parts(comparison: Comparison) -> Iterable[RenderableType]:
    yield from _screen(comparison)
    for title, rows in (
        ("Described otherwise", _described(comparison)),
        ("Found otherwise", _found(comparison)),
        ("Verdicts", _verdicts(comparison)),
        ("Times", _times(comparison)),
    ):
        found = list(rows)
        if found:
            yield Text()
            yield Text(title, "bold")
            yield from found
    for warning in comparison.warnings:
        yield safe(warning, "yellow", 300)


def _screen(comparison: Comparison) -> Iterable[RenderableType]:
    heads, against = comparison.columns, comparison.against
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    table.add_column("")
    for head in heads:
        table.add_column(safe(head.name, limit=40), overflow="fold")

    def row(name: str, tell: Callable[[int], Text | str]) -> None:
        table.add_row(Text(name, "dim"), *(tell(number) for number in range(len(heads))))

    row("", lambda n: Text("held to" if n == 0 else "", "dim"))
    row("answer", lambda n: Text(words.go(heads[n]), _ANSWERS.get(heads[n].runs[-1].verdict, "yellow")))
    row("runs", lambda n: _runs(heads[n]))
    row("coverage", lambda n: words.coverage(heads[n]))
    for each in comparison.figures:
        row(each.name, lambda n, each=each: _figure(words.figure(each, n), each.words[n]))  # type: ignore[misc]
    row("flips", lambda n: "" if n == 0 else words.flips(against[n]))
    row("new deviations", lambda n: "" if n == 0 else _bad(len(against[n].new)))
    row("still", lambda n: str(len(against[n].still)))
    row("fixed", lambda n: "" if n == 0 else str(len(against[n].fixed)))
    if any(each.unseen for each in against):
        row("not looked at", lambda n: "" if n == 0 else str(len(against[n].unseen)))
    row("times", lambda n: "" if n == 0 else words.summary(against[n].words))
    yield table
    yield from _notes(comparison)


def _runs(head: Head) -> Text:
    names = [run.id.rpartition("-")[2] for run in head.runs]
    more = f" … {len(names)} in all" if len(names) > 4 else ""
    return safe(" ".join(names[-4:]) + more, "dim", 60)


def _bad(number: int) -> Text:
    return Text(str(number), "red" if number else "")


def _figure(told: str, word: str | None) -> Text:
    if word not in ("slower", "faster"):
        return Text(told)
    return Text(f"{told} {word}", _TONES[word])


def _notes(comparison: Comparison) -> Iterable[Text]:
    for number, head in enumerate(comparison.columns):
        for mark in head.marks:
            yield Text.assemble((f"{line(head.name, 40)}: ", "dim"), safe(mark, "dim"))
        for each in head.could_explain:
            said = f"could explain times: {each}"
            yield Text.assemble((f"{line(head.name, 40)}: ", "dim"), safe(said, "yellow"))
        for why, hidden in comparison.against[number].untimed.items():
            said = f"times of {count(hidden, 'scenario')} not compared: {why}"
            yield Text.assemble((f"{line(head.name, 40)}: ", "dim"), safe(said, "dim"))


def _described(comparison: Comparison) -> Iterable[RenderableType]:
    names = [head.name for head in comparison.columns]
    for each in comparison.clauses[:_ROWS]:
        note = " (observed alike)" if each.alike else ""
        told = safe(words.change(each, names) + note, "cyan", 160)
        yield _indented(Text.assemble(safe(each.path, limit=70), ": ", told, (f"  {each.origin}", "dim")))
    yield from _more(len(comparison.clauses), "clause")


def _found(comparison: Comparison) -> Iterable[RenderableType]:
    names = [head.name for head in comparison.columns]
    for each in comparison.found[:_ROWS]:
        wrong = each.contradicts or [False] * len(each.values)
        texts = [_seen(text, bad) for text, bad in zip(each.values, wrong, strict=True)]
        told = safe(words.turned(texts, names), "cyan", 220)
        yield _indented(Text.assemble(safe(each.what, limit=60), ": ", told))
    yield from _more(len(comparison.found), "finding")


def _seen(text: str | None, wrong: bool) -> str:
    if text is None:
        return "not looked at"
    return f"{text or '-'}{' (not as described)' if wrong else ''}"


def _indented(text: Text) -> RenderableType:
    """Two characters in, on every line."""
    grid = Table.grid(padding=0)
    grid.add_column(width=2)
    grid.add_column(overflow="fold")
    grid.add_row("", text)
    return grid


def _verdicts(comparison: Comparison) -> Iterable[RenderableType]:
    changed = [row for row in comparison.verdicts if row.change != "same"]
    alike = sum(len(row.subjects) for row in comparison.verdicts if row.change == "same")
    if changed:
        table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
        for row in changed[:_ROWS]:
            cells = [Text(words.cell(each), COLOURS.get(each.verdict or "", "")) for each in row.cells]
            table.add_row(safe(named(row), limit=64), *cells, Text(row.change, "dim"))
            if row.reason:
                table.add_row(safe(row.reason, "dim", 100))
        yield table
        yield from _more(len(changed), "row")
    yield Text(f"  {count(alike, 'scenario')} alike", "dim")


def named(row: Verdicts, most: int = 2) -> str:
    """A scenario with its subjects, some of many."""
    subjects = [subject for subject in row.subjects if subject]
    if not subjects:
        return row.id
    more = f", … {len(subjects)} in all" if len(subjects) > most else ""
    return f"{row.id}[{', '.join(subjects[:most])}{more}]"


def _times(comparison: Comparison) -> Iterable[RenderableType]:
    for number, head in enumerate(comparison.columns[1:], 1):
        rows = words.telling(comparison.times, number)
        if not rows:
            continue
        if len(comparison.columns) > 2:
            yield _indented(safe(head.name, "bold", 60))
        firm = [row for row in rows if row.word in ("slower", "faster")]
        shown = firm or [row for row in rows if row.kind == "figure"]
        table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
        for row in shown[:_ROWS]:
            table.add_row(*_time(row))
        yield table
        yield from _more(len(shown), "statement")
    yield Text(f"  {words.rules(comparison)}", "dim")


def _time(row: Time) -> Sequence[Text]:
    name = f"{row.name}: {row.step}" if row.step else row.name
    return (
        Text(row.word, _TONES[row.word]),
        safe(name, limit=44),
        Text(f"{seconds(row.before)} → {seconds(row.after)}"),
        Text(words.ratio(row)),
        Text(words.basis(row), "dim"),
    )


def _more(found: int, noun: str) -> Iterable[Text]:
    if found > _ROWS:
        yield Text(f"  and {count(found - _ROWS, noun)} more: -f html shows all", "dim")
