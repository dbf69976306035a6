"""``report.html``: one file that works offline, from a mail attachment,
by keyboard, on paper, light and dark.

The page holds no address but its own. Its content security policy names the digests of the one style sheet
and the one script, so nothing that a cloud answered can ever run. Every value passes ``plain`` and then
jinja2's autoescape.
"""

from __future__ import annotations

import base64
import hashlib
import time
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import text
from reports.model import STATES, VERDICTS, Clause, Report
from reports.render.ringplots import plots
from reports.render.zones import weighed

TEMPLATES = Path(__file__).parent / "templates"
MARKS = {
    "pass": "yes",
    "verified": "yes",
    "fail": "no",
    "deviates": "no",
    "unknown": "ask",
    "blocked": "bar",
    "out_of_reach": "far",
    "not_applicable": "off",
}


def to_html(report: Report) -> str:
    """The whole page."""
    return (
        environment()
        .get_template("report.html")
        .render(
            report=report,
            run=report.run,
            rests=report.banner.removeprefix(f"{report.verdict}: "),
            tone={"GO": "go", "NO-GO": "nogo"}.get(report.verdict, "amber"),
            anchors={scenario.key: f"s{number}" for number, scenario in enumerate(report.scenarios)},
            paths={clause.path: f"c{number}" for number, clause in enumerate(report.clauses)},
            areas=_areas(report),
            plots=[plots(ring) for ring in report.rings],
            verdicts=VERDICTS,
            states=STATES,
            style=part("style.css"),
            script=part("page.js"),
            policy=policy(part("style.css"), part("page.js")),
        )
    )


def _areas(report: Report) -> list[tuple[str, list[tuple[str, list[Clause]]]]]:
    """Clauses by area and, within, by what they are properties of, both in the order of the description."""
    ordered: dict[str, dict[str, list[Clause]]] = {}
    for clause in report.clauses:
        ordered.setdefault(clause.area, {}).setdefault(clause.group, []).append(clause)
    return [(area, list(groups.items())) for area, groups in ordered.items()]


@cache
def environment() -> Environment:
    """Templates with everything escaped, and the words that all pages say alike."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        value=text.value,
        seconds=text.seconds,
        size=text.size,
        line=text.line,
        clock=_clock,
        count=_count,
        runs=_runs,
    )
    environment.globals.update(marks=MARKS, words=_words, weighed=weighed)
    return environment


def _finalize(thing: Any) -> Any:
    """No value reaches the page with control, invisible or bidirectional characters in it."""
    if thing is None:
        return ""
    return text.plain(thing) if isinstance(thing, str) and not isinstance(thing, Markup) else thing


def _words(name: str) -> str:
    """A verdict or state as prose: ``out_of_reach`` is "out of reach"."""
    return name.replace("_", " ")


def _clock(moment: float | None) -> str:
    return "-" if moment is None else time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(moment))


def _count(number: int, noun: str, plural: str = "") -> str:
    return text.count(number, noun, plural)


def _runs(things: list[Any], attribute: str) -> list[tuple[Any, list[Any]]]:
    return [(key, list(group)) for key, group in groupby(things, lambda thing: getattr(thing, attribute))]


@cache
def part(name: str, folder: Path = TEMPLATES) -> Markup:
    """A style sheet or script of ours, to stand in the page as it is."""
    return Markup((folder / name).read_text(encoding="utf-8").strip())  # noqa: S704 - our own file


def policy(style: str, script: str) -> str:
    """What the page may do: nothing, but this style sheet and this script."""

    def digest(text: str) -> str:
        raw = hashlib.sha256(text.encode()).digest()
        return f"'sha256-{base64.b64encode(raw).decode()}'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
