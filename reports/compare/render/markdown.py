"""What fits the description of a merge request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.compare.model import Comparison, Time
from reports.compare.render import words
from reports.compare.render.terminal import named
from reports.render.markdown import code, prose
from reports.text import count, seconds

_ROWS = 20
_CELL = 120
_WRONG = " (not as described)"


def to_markdown(comparison: Comparison) -> str:
    """The comparison; what a cloud or a file said can become neither markup nor a link nor a mention."""
    blocks = [
        f"## Comparison: {', '.join(prose(head.name, 60) for head in comparison.columns)}",
        _screen(comparison),
        *_notes(comparison),
        *_described(comparison),
        *_found(comparison),
        *_verdicts(comparison),
        *_times(comparison),
        *(prose(warning) for warning in comparison.warnings),
    ]
    return "\n\n".join(blocks) + "\n"


def _screen(comparison: Comparison) -> str:
    heads, against = comparison.columns, comparison.against
    numbers = range(len(heads))
    rows = [
        ["answer", *(f"**{prose(words.go(head))}**" for head in heads)],
        ["runs", *(", ".join(code(run.id, 80) for run in head.runs[-4:]) for head in heads)],
        ["coverage", *(words.coverage(head) for head in heads)],
    ]
    for each in comparison.figures:
        said = [f" **{word}**" if word in ("slower", "faster") else "" for word in each.words]
        rows.append([each.name, *(words.figure(each, n) + said[n] for n in numbers)])
    rows += [
        ["flips", "", *(words.flips(each) for each in against[1:])],
        ["new deviations", "", *(str(len(each.new)) for each in against[1:])],
        ["still", *(str(len(each.still)) for each in against)],
        ["fixed", "", *(str(len(each.fixed)) for each in against[1:])],
        ["times", "", *(words.summary(each.words) for each in against[1:])],
    ]
    return _table(["", *(prose(head.name, 60) for head in heads)], rows)


def _notes(comparison: Comparison) -> Iterable[str]:
    said = [
        f"- {prose(head.name, 60)}: {prose(each)}"
        for head in comparison.columns
        for each in (*head.marks, *(f"could explain times: {why}" for why in head.could_explain))
    ]
    said += [
        f"- {prose(head.name, 60)}: times of {count(hidden, 'scenario')} not compared: {prose(why)}"
        for head, each in zip(comparison.columns, comparison.against, strict=True)
        for why, hidden in each.untimed.items()
    ]
    for head, each in zip(comparison.columns, comparison.against, strict=True):
        said += [f"- {prose(head.name, 60)}: new deviation {code(new.path)}" for new in each.new[:_ROWS]]
    if said:
        yield "\n".join(said)


def _described(comparison: Comparison) -> Iterable[str]:
    names = [head.name for head in comparison.columns]
    rows = [
        f"- {code(each.path)}: {prose(words.change(each, names))}{' (observed alike)' if each.alike else ''}"
        for each in comparison.clauses[:_ROWS]
    ]
    if rows:
        yield "### Described otherwise"
        yield "\n".join([*rows, *_more(len(comparison.clauses), "clause")])


def _found(comparison: Comparison) -> Iterable[str]:
    rows = []
    for each in comparison.found[:_ROWS]:
        wrong = each.contradicts or [False] * len(each.values)
        cells = [
            ("not looked at" if text is None else code(text or "-", _CELL)) + (_WRONG if bad else "")
            for text, bad in zip(each.values, wrong, strict=True)
        ]
        rows.append([code(each.what), *cells])
    if rows:
        yield "### Found otherwise"
        yield _table(["", *(prose(head.name, 60) for head in comparison.columns)], rows)
        yield from _more(len(comparison.found), "finding")


def _verdicts(comparison: Comparison) -> Iterable[str]:
    changed = [row for row in comparison.verdicts if row.change != "same"]
    rows = [
        [code(named(row)), *(words.cell(each) for each in row.cells), row.change, prose(row.reason, _CELL)]
        for row in changed[:_ROWS]
    ]
    yield "### Verdicts"
    if rows:
        yield _table(["scenario", *(prose(head.name, 60) for head in comparison.columns), "", "why"], rows)
        yield from _more(len(changed), "row")
    alike = sum(len(row.subjects) for row in comparison.verdicts if row.change == "same")
    yield f"{count(alike, 'scenario')} alike."


def _times(comparison: Comparison) -> Iterable[str]:
    yield "### Times"
    for number, head in enumerate(comparison.columns[1:], 1):
        rows = words.telling(comparison.times, number)
        shown = [row for row in rows if row.word in ("slower", "faster") or row.kind == "figure"]
        if shown:
            yield f"{prose(head.name, 60)} against {prose(comparison.columns[0].name, 60)}:"
            yield _table(["what", "", "before", "after", "ratio", "rests on"], map(_time, shown[:_ROWS]))
            yield from _more(len(shown), "statement")
    yield f"{words.rules(comparison)}."


def _time(row: Time) -> list[str]:
    name = code(f"{row.name}: {row.step}" if row.step else row.name, 100)
    return [name, row.word, seconds(row.before), seconds(row.after), words.ratio(row), words.basis(row)]


def _more(found: int, noun: str) -> list[str]:
    return [f"and {count(found - _ROWS, noun)} more"] if found > _ROWS else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
