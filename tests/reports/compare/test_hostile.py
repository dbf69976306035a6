"""Names and texts that a hostile cloud or file chose can break no page, terminal or Markdown."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from reports.compare.build import compare
from reports.compare.model import Comparison
from reports.compare.reading import read
from reports.compare.render import FORMATS
from tests.reports.compare.runs import clause, report, scenario

EVIL = (
    "<script>alert(1)</script>",
    "\x1b]0;owned\x07\x1b[31m",
    "[red]x[/red]",
    "](javascript:x) | @all #1 `",
    "\u202etxt.exe\u200b",
    "\ud800",
    "' onload='x",
    "é" * 5000,
)


def _hostile(number: int, text: str, **run: Any) -> dict[str, Any]:
    step, samples = (text, 9.0 * number), {text: [number * 5.0] * 30}
    told = [
        scenario(f"a.a[{text}]", "fail", title=text, reason=text, gate=text),
        scenario("b.b", duration=number * 9.0, steps=[step, ("two", 1.0)], samples=samples),
        scenario(f"only{number}.x[{text}]", "fail", reason=text),
    ]
    leaves = [clause(f'x["{text}"]', f"{text}{number}", text), clause(f"y{number}.{text}", text)]
    found = {
        "names": {text: [f"{text}{number}"]},
        "systems": {text: f"{text}{number}"},
        "packages": {text: {f"{text}{number}": text}},
    }
    strange = [
        {"path": f"z.{text}{number}", "described": None, "observed": text, "level": "must", "waived": ""}
    ]
    names = {"site": text, "architecture": text, "release": text, "version": f"{text}{number}"}
    machine = {"node": f"{text}{number}", "cpu": text, "platform": text, "cpus": text}
    facts = names | {"machine": machine} | run
    return report(
        number, scenarios=told, clauses=leaves, discovered=found, undescribed=strange, run=facts, banner=text
    )


def compared(home: Path, text: str) -> Comparison:
    """Two runs in which everything is named so."""
    runs = []
    for number, fingerprint in ((1, "c0ff"), (2, text + "x")):
        path = home / f"{number}.json"
        path.write_text(json.dumps(_hostile(number, text, fingerprint=fingerprint)))
        runs.append(read(path))
    return compare(runs)


class _Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("number", range(len(EVIL)))
def test_no_format_is_broken(tmp_path: Path, number: int) -> None:
    sides = compared(tmp_path, EVIL[number])
    for form, written in ((name, to(sides)) for name, to in FORMATS.items()):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\ud800-\udfff]", written), form
        written.encode("utf-8")
        if form == "terminal":
            assert max(map(len, written.splitlines())) <= 100
        if form == "markdown":
            assert not re.search(r"(?<!\\)<script", re.sub("`+[^`]*`+", "", written))
            rows = [line for line in written.splitlines() if line.startswith("|")]
            assert all(line.count("|") - line.count("\\|") in (4, 5, 6, 7) for line in rows)
        if form == "html":
            page = _Tags()
            page.feed(written)
            assert page.tags.isdisjoint({"iframe", "img", "object", "form", "base"})
            assert not any(name.startswith("on") for name in page.attributes)
            assert written.count("<script>") == 1
