"""``compare.html``: one file that works offline, in the style and under the policy of ``report.html``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup

from reports.compare.model import CHANGES, Comparison, Spread
from reports.compare.render import words
from reports.render.html import TEMPLATES, environment, part, policy
from reports.render.spread import HALF, Plot, spread

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
            areas=sorted({row.id.partition(".")[0] for row in comparison.verdicts}),
            verdicts=[*moved, *same[:_PLAIN]],
            unshown=sum(len(row.subjects) for row in same[_PLAIN:]),
            say=words,
            spreads=[(each.name, plot) for each in comparison.spreads if (plot := _plot(comparison, each))],
            style=style,
            script=script,
            policy=policy(style, script),
        )
    )


def _plot(comparison: Comparison, kind: Spread) -> Plot | None:
    """One kind of measurement, a row a column on one scale."""
    names = [head.name for head in comparison.columns]
    return spread(
        ((name, values, None, n) for name, values, n in zip(names, kind.values, kind.samples, strict=True)),
        HALF,
    )


@cache
def _environment() -> Environment:
    return environment().overlay(
        loader=ChoiceLoader([FileSystemLoader(OWN), FileSystemLoader(TEMPLATES)]),
    )
