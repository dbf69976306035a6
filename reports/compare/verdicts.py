"""The matrix of verdicts: scenario and subject by column, what flipped first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.arch.layout import natural
from reports.compare.columns import Column
from reports.compare.model import CHANGES, Cell, Change, Verdicts
from reports.compare.reading import Told

_BAD = ("fail", "unknown", "blocked")
_RUN = (*_BAD, "pass")


def verdicts(columns: Sequence[Column]) -> list[Verdicts]:
    """A row for the subjects of a scenario that came to the same in every column."""
    keys = dict.fromkeys(key for column in columns for run in column.runs for key in run.scenarios)
    groups: dict[tuple[object, ...], tuple[Verdicts, list[str]]] = {}
    for key in keys:
        told = [_told(column, key) for column in columns]
        some = next(each[-1] for each in reversed(told) if each)
        cells = [_cell(each) for each in told]
        changes = [_change(told[0], each) if number else "same" for number, each in enumerate(told)]
        reason = _reason(told, changes)
        alike = (some.id, reason, *changes, *((c.verdict, *sorted(c.counts.items())) for c in cells))
        if alike not in groups:
            groups[alike] = (_row(some, cells, changes, reason), [])
        groups[alike][1].append(some.subject or "")
    rows = [row.model_copy(update={"subjects": sorted(names, key=natural)}) for row, names in groups.values()]
    return sorted(rows, key=lambda row: CHANGES.index(row.change))


def _told(column: Column, key: str) -> list[Told]:
    """What its runs told of a scenario; what one carried counts where none of them told it: it is another
    one's result, and that may stand here as well.
    """
    found = [run.scenarios[key] for run in column.runs if key in run.scenarios]
    return [each for each in found if not each.carried] or found[-1:]


def comparable(before: Sequence[Told], after: Sequence[Told]) -> str:
    """Why two columns' tellings of one scenario cannot be compared; empty where they can."""
    one, other = before[-1].version, after[-1].version
    if not one or not other:
        return "its content version is not known"
    return "" if one == other else f"its content changed ({one} → {other})"


def _row(told: Told, cells: list[Cell], changes: list[Change], reason: str) -> Verdicts:
    return Verdicts(
        id=told.id,
        title=told.title,
        gate=told.gate,
        subjects=[],
        cells=cells,
        changes=changes,
        change=min(changes, key=CHANGES.index),
        reason=reason,
    )


def _cell(told: Sequence[Told]) -> Cell:
    if not told:
        return Cell(verdict=None)
    counts = Counter(each.verdict for each in told)
    mixed = dict(counts) if len(counts) > 1 else {}
    return Cell(verdict=told[-1].verdict, counts=mixed, carried=bool(told[-1].carried))


def _change(before: Sequence[Told], after: Sequence[Told]) -> Change:
    if not before or not after:
        return "same" if not before and not after else ("only here" if after else "gone")
    if len({each.verdict for each in before}) > 1 or len({each.verdict for each in after}) > 1:
        return "flaky"
    one, other = before[-1].verdict, after[-1].verdict
    if one == other:
        return "same"
    if one not in _RUN or other not in _RUN:
        return "scope"
    if (one == "pass") == (other == "pass"):
        return "same"
    if comparable(before, after):
        return "other content"
    return "better" if other == "pass" else "worse"


def _reason(told: Sequence[Sequence[Told]], changes: Sequence[Change]) -> str:
    """Why it flipped, in the words of the run that did not pass; or why nobody can say that it did."""
    for each, change in zip(told, changes, strict=True):
        if change == "other content":
            return comparable(told[0], each)
    for each, change in zip(told, changes, strict=True):
        if change in ("worse", "flaky", "only here") and each[-1].verdict in _BAD:
            return each[-1].reason
    return told[0][-1].reason if "better" in changes else ""
