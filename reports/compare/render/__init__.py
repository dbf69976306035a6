"""One file a format; each turns a ``Comparison`` into text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reports.compare.model import Comparison
from reports.compare.render.html import to_html
from reports.compare.render.json import to_json
from reports.compare.render.markdown import to_markdown
from reports.compare.render.terminal import to_terminal

FORMATS: Mapping[str, Callable[[Comparison], str]] = {
    "terminal": to_terminal,
    "markdown": to_markdown,
    "html": to_html,
    "json": to_json,
}
