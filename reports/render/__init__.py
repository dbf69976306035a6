"""One file a format; each turns a ``Report`` into text, one into bytes, and knows nothing of the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reports.model import Report
from reports.render.json import to_json
from reports.render.markdown import to_markdown
from reports.render.metrics import to_metrics
from reports.render.terminal import to_terminal


def to_html(report: Report) -> str:
    """``report.html``; its templates are read when a page is wanted, which most commands do not."""
    from reports.render.html import to_html as write

    return write(report)


def to_junit(report: Report) -> str:
    """``junit.xml``, likewise."""
    from reports.render.junit import to_junit as write

    return write(report)


def to_subunit(report: Report) -> bytes:
    """``results.subunit``, likewise."""
    from reports.render.subunit import to_subunit as write

    return write(report)


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "terminal": to_terminal,
    "markdown": to_markdown,
    "html": to_html,
    "json": to_json,
    "junit": to_junit,
    "metrics": to_metrics,
}

STREAMS: Mapping[str, Callable[[Report], bytes]] = {"subunit": to_subunit}
"""What is no text."""

FILES: Mapping[str, str] = {
    "report.json": "json",
    "report.html": "html",
    "junit.xml": "junit",
    "summary.md": "markdown",
    "results.subunit": "subunit",
    "metrics.prom": "metrics",
}


def rendered(report: Report, form: str) -> bytes:
    """A report in one of the formats, as it stands in a file."""
    return STREAMS[form](report) if form in STREAMS else FORMATS[form](report).encode("utf-8")


def write_all(report: Report, folder: Path) -> list[Path]:
    """Write every file of a report into a run's folder, each at once or not at all; returns their paths."""
    written = []
    for name, form in FILES.items():
        path = folder / name
        draft = folder / f".{name}.new"
        draft.write_bytes(rendered(report, form))
        draft.replace(path)
        written.append(path)
    return written
