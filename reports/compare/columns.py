"""Which runs stand in one column: those of one configuration; the first column is what others are held to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.compare.reading import Seen


@dataclass(frozen=True)
class Column:
    """Runs of one configuration, oldest first."""

    name: str
    runs: tuple[Seen, ...]

    @property
    def newest(self) -> Seen:
        """The run that speaks for the column where only one can."""
        return self.runs[-1]

    @cached_property
    def timed(self) -> tuple[Seen, ...]:
        """The runs whose times belong together: of the newest one's options, version of tool apart."""
        return tuple(run for run in self.runs if pace(run) == pace(self.newest))


def pace(run: Seen) -> tuple[object, ...]:
    """What a run was told that changes how long things take."""
    return run.lab, run.workers, run.options.get("servers")


def columns(runs: Iterable[Seen], baseline: Sequence[Seen] = ()) -> list[Column]:
    """The columns of a comparison, the baseline first.

    Runs of one configuration share a column, in the order in which configurations first come. Where all are
    of one, the newest is held to the others. ``baseline``, where given, is a column of its own.
    """
    held = list({run.source: run for run in baseline}.values())
    groups: dict[tuple[str, str, str], list[Seen]] = {}
    for run in {run.source: run for run in runs}.values():
        if run.source not in {each.source for each in held}:
            groups.setdefault(run.configuration, []).append(run)
    parts = [_by_age(group) for group in groups.values()]
    if not held and len(parts) == 1 and len(parts[0]) > 1:
        parts = [parts[0][:-1], parts[0][-1:]]
    if held:
        parts.insert(0, _by_age(held))
    return [Column(name, tuple(part)) for name, part in zip(_names(parts), parts, strict=True)]


def _by_age(runs: Iterable[Seen]) -> list[Seen]:
    return sorted(runs, key=lambda run: (run.started, run.id))


def _names(parts: Sequence[Sequence[Seen]]) -> list[str]:
    """As short as tells them apart: architecture, with the site, the fingerprint or the run where need be."""
    newest = [part[-1] for part in parts]
    ways: tuple[Callable[[Seen], str], ...] = (
        lambda run: run.architecture,
        lambda run: run.site,
        lambda run: run.architecture if run.site == run.architecture else f"{run.site}: {run.architecture}",
        lambda run: f"{run.architecture} {run.fingerprint[:4]}",
        lambda run: f"{run.site}: {run.architecture} {run.fingerprint[:4]}",
        lambda run: f"{run.architecture} {run.short}",
        lambda run: run.id,
    )
    for way in ways:
        found = [way(run) or run.id for run in newest]
        if len(set(found)) == len(found):
            return found
    return [f"{run.id} ({number})" for number, run in enumerate(newest, 1)]
