"""From runs to their comparison."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors import UsageError
from reports.compare import deviations
from reports.compare.circumstances import circumstances, could_explain, marks
from reports.compare.columns import Column, columns
from reports.compare.descriptions import described
from reports.compare.discovered import found
from reports.compare.figures import figures
from reports.compare.model import Against, Comparison, Head, Member, Verdicts
from reports.compare.reading import Seen
from reports.compare.spreads import spreads
from reports.compare.times import Times, times
from reports.compare.verdicts import verdicts

_BAD = ("fail", "unknown", "blocked")


def compare(runs: Sequence[Seen], baseline: Sequence[Seen] = ()) -> Comparison:
    """Runs side by side; raises ``UsageError`` where there are not two sides."""
    sides = columns(runs, baseline)
    if len(sides) < 2:
        raise UsageError("a comparison needs two runs at least: name another, or say --last 2")
    rows, timed = verdicts(sides), times(sides)
    return Comparison(
        columns=[_head(sides[0], column) for column in sides],
        against=[_against(number, sides, rows, timed) for number in range(len(sides))],
        figures=figures(sides, timed.rows),
        spreads=spreads(sides),
        clauses=described(sides),
        found=found(sides),
        verdicts=rows,
        times=timed.rows,
        rules=timed.rules,
        warnings=_warnings(sides),
    )


def _head(base: Column, column: Column) -> Head:
    run = column.newest
    around = circumstances(column)
    return Head(
        name=column.name,
        site=run.site,
        architecture=run.architecture,
        release=run.release,
        fingerprint=run.fingerprint,
        runs=[_member(each) for each in column.runs],
        go=sum(each.verdict == "GO" for each in column.runs),
        verified=run.verified,
        total=run.total,
        circumstances=around,
        marks=marks(base, column),
        could_explain=[] if column is base else could_explain(circumstances(base), around),
    )


def _member(run: Seen) -> Member:
    return Member(
        id=run.id,
        source=run.source,
        started=run.started,
        verdict=run.verdict,
        banner=run.banner,
        scope=run.scope,
        version=run.version,
        ended_early=run.ended_early,
    )


def _against(number: int, sides: Sequence[Column], rows: Sequence[Verdicts], timed: Times) -> Against:
    found = deviations.against(sides[0].newest, sides[number].newest)

    def subjects(change: str) -> int:
        return sum(len(row.subjects) for row in rows if row.changes[number] == change)

    return Against(
        worse=subjects("worse"),
        better=subjects("better"),
        flaky=subjects("flaky"),
        incomparable=subjects("other content"),
        failures=[
            key
            for row in rows
            if row.changes[number] == "only here" and row.cells[number].verdict in _BAD
            for key in keys(row)
        ],
        words=timed.words(number),
        slower_figures=timed.slower(number),
        untimed=timed.untimed[number],
        **found,
    )


def keys(row: Verdicts) -> list[str]:
    """Scenario and subject as reports name them."""
    return [f"{row.id}[{subject}]" if subject else row.id for subject in row.subjects]


def _warnings(sides: Sequence[Column]) -> list[str]:
    runs = [run for side in sides for run in side.runs]
    said = []
    if len({run.release for run in runs}) > 1:
        said.append(f"Releases differ: {', '.join(sorted({run.release or 'unknown' for run in runs}))}.")
    old = [run.short for run in runs if not any(told.version for told in run.scenarios.values())]
    if old:
        said.append(
            f"Reports without content versions, whose flips and times cannot be compared: {', '.join(old)}. "
            "`deployday report RUN` writes them anew."
        )
    return said
