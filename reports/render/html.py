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
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import text
from reports.model import STATES, VERDICTS, Clause, Report, Scenario
from reports.render.lanes import KINDS, lanes
from reports.render.places import nodes, places
from reports.render.ringplots import plots
from reports.render.spread import Measured, spread
from reports.render.store import Store
from reports.render.zones import weighed

TEMPLATES = Path(__file__).parent / "templates"
_INLINE = 60
"""Scenarios in trouble whose broken step stands in the page as it is; other evidence the script unfolds."""
_FIRST = ("boot", "token", "object PUT", "object GET")
_OFTEN, _KINDS = 5, 12
"""How often something must have been measured to be drawn, and how many kinds are."""
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
    style, script = part("style.css"), part("page.js")
    anchors = {scenario.key: f"s{number}" for number, scenario in enumerate(report.scenarios)}
    page = environment().get_template("report.html")
    return page.render(
        report=report,
        run=report.run,
        rests=report.banner.removeprefix(f"{report.verdict}: "),
        tone={"GO": "go", "NO-GO": "nogo"}.get(report.verdict, "amber"),
        anchors=anchors,
        paths={clause.path: f"c{number}" for number, clause in enumerate(report.clauses)},
        verdicts=VERDICTS,
        states=STATES,
        store=Store(),
        style=style,
        script=script,
        policy=policy(style, script),
        **_lists(report),
        **_drawn(report, anchors),
    )


def _lists(report: Report) -> dict[str, Any]:
    """Scenarios and clauses in order, and what they can be narrowed to."""
    names = nodes(report.clauses)
    tally = Counter(scenario.verdict for scenario in report.scenarios)
    return {
        "told": _told(report),
        "inline": _inline(report),
        "shown": [(verdict, _words(verdict), tally[verdict]) for verdict in VERDICTS],
        "story_areas": sorted({scenario.id.partition(".")[0] for scenario in report.scenarios}),
        "areas": _areas(report),
        "nodes": names,
        "places": places(report, names),
    }


def _drawn(report: Report, anchors: Mapping[str, str]) -> dict[str, Any]:
    """The pictures."""
    line = lanes(report, anchors)
    return {
        "plots": [plots(ring) for ring in report.rings],
        "line": line,
        "bars": line.bars if line else [],
        "pausing": KINDS,
        "spread": spread(_measured(report)),
    }


def _told(report: Report) -> dict[str, list[Scenario]]:
    """Scenarios by gate, every gate of the report among them."""
    told: dict[str, list[Scenario]] = {gate.name: [] for gate in report.gates}
    for scenario in report.scenarios:
        told.setdefault(scenario.gate, []).append(scenario)
    return told


def _inline(report: Report) -> set[str]:
    """The scenarios whose requests and answers can be read without a script: those in trouble, so many."""
    trouble = [scenario.key for scenario in report.scenarios if scenario.verdict in ("fail", "unknown")]
    return set(trouble[:_INLINE])


def _measured(report: Report) -> list[Measured]:
    """What was measured several times: whole stories, then boot, token and what most was measured of."""
    found: dict[str, list[float]] = {}
    for scenario in report.scenarios:
        for kind, values in scenario.samples.items():
            found.setdefault(kind, []).extend(values)
    limits = {objective.path.rpartition(".")[2]: objective.limit for objective in report.timings.objectives}
    often = sorted((kind for kind in found if len(found[kind]) >= _OFTEN), key=lambda kind: -len(found[kind]))
    kinds = [*(kind for kind in _FIRST if kind in found), *(kind for kind in often if kind not in _FIRST)]
    told = [scenario.duration for scenario in report.scenarios if scenario.started is not None]
    whole: list[Measured] = [("a whole story", told, None, len(told))] if len(told) >= _OFTEN else []
    return [*whole, *((kind, found[kind], limits.get(kind), len(found[kind])) for kind in kinds[:_KINDS])]


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
