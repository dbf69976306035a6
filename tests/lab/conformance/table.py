"""The table that a replay prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.lab.conformance.recording import read
from tests.lab.conformance.replay import Report
from tests.lab.conformance.shapes import shape
from tests.lab.conformance.tables import COMPONENT_OF_PORT, EXCLUDED, SERVICE_OF_FILE, UNANSWERED


def table(reports: Sequence[Report], seed: int, *, misses: bool = True) -> str:
    """Hits over all shapes, a line a recording; then the misses, one a shape."""
    lines = [
        f"conformance, seed {seed}",
        f"{'recording':28} {'service':24} {'hits':>5} {'all':>5} {'share':>7}",
    ]
    for report in reports:
        service = SERVICE_OF_FILE[report.file]
        left_out = sum(1 for file, _ in EXCLUDED if file == report.file)
        lines.append(
            f"{report.file:28} {service:24} {report.hits:5} {report.total:5} {report.share:7.1%}"
            + (f"  ({left_out} exchanges left out)" if left_out else "")
        )
        parts = by_component(report)
        if len(parts) > 1:
            lines += [f"{'':28}   {name:22} {hits:5} {total:5}" for name, (hits, total) in parts.items()]
    if misses:
        lines += [line for report in reports for line in _misses(report)]
    return "\n".join(lines)


def unanswered(folder: Path) -> str:
    """A line for each recording that is not replayed: no hit over all of its shapes, and why."""
    lines = []
    for file, reason in UNANSWERED.items():
        total = len({shape(row.method, row.path, row.answer) for row in read(folder, file)})
        lines.append(f"{file:28} {SERVICE_OF_FILE[file]:24} {0:5} {total:5} {0:7.1%}  ({reason})")
    return "\n".join(lines)


def by_component(report: Report) -> dict[str, tuple[int, int]]:
    """Component → hits and shapes, by the port that was asked."""
    found: dict[str, dict[object, bool]] = {}
    for result in report.results:
        name = COMPONENT_OF_PORT.get(result.exchange.port, str(result.exchange.port))
        shapes = found.setdefault(name, {})
        shapes[result.expected] = shapes.get(result.expected, True) and result.hit
    return {name: (sum(shapes.values()), len(shapes)) for name, shapes in found.items()}


def _misses(report: Report) -> list[str]:
    return [
        f"miss {report.file}:{r.exchange.seq} {r.exchange.case}: {r.expected[0]} {r.exchange.path[:80]} "
        f"{r.expected[2]}; {r.note}"
        for r in report.misses()
    ]
