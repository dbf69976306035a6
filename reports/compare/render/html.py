"""``compare.html``: one file that works offline, in the style and under the policy of ``report.html``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup

from reports.compare.model import CHANGES, Comparison
from reports.compare.render import words
from reports.render.html import TEMPLATES, environment, part, policy

OWN = Path(__file__).parent / "templates"
_PLAIN = 400
"""Rows of scenarios that came to the same, at most; the others are counted."""


def to_html(comparison: Comparison) -> str:
    """The whole page."""
    style = part("style.css") + Markup("\n") + part("compare.css", OWN)
    script = part("page.js")
    moved = [row for row in comparison.verdicts if row.change != "same"]
    same = [row for row in comparison.verdicts if row.change == "same"]
    return (
        _environment()
        .get_template("compare.html")
        .render(
            comparison=comparison,
            columns=comparison.columns,
            against=comparison.against,
            base=comparison.columns[0],
            changes=CHANGES,
            verdicts=[*moved, *same[:_PLAIN]],
            unshown=sum(len(row.subjects) for row in same[_PLAIN:]),
            say=words,
            style=style,
            script=script,
            policy=policy(style, script),
        )
    )


@cache
def _environment() -> Environment:
    return environment().overlay(
        loader=ChoiceLoader([FileSystemLoader(OWN), FileSystemLoader(TEMPLATES)]),
    )
