"""``report.html`` of 300 scenarios: how large it is, and how soon it can be used in a headless Chromium.

Anchor: a page with the same text and nothing else, loaded in turn with it. Usable is from the start of
loading until the first filter was typed and the page was laid out anew. ``--report`` takes the report.json of
a run of yours; growth is shown with fewer and with more scenarios. Prints median, least and greatest of wall
time, in which a busy machine shows.
"""

from __future__ import annotations

import argparse
import html
import re
import statistics
import sys
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from reports.build import build
from reports.model import Report
from reports.render import to_html
from reports.versions import read_report
from tests.reports.big import big
from tests.reports.browser import Browser, program

LOADED = "performance.getEntriesByType('navigation')[0].{}"
PAINTED = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
FILTER = """(() => { const began = performance.now();
const search = document.querySelector('#scenarios input');
search.value = '{}'; search.dispatchEvent(new Event('input')); document.body.offsetHeight;
return performance.now() - began; })()"""


def main(words: Sequence[str]) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenarios", type=int, nargs="+", default=[30, 300, 1000])
    options.add_argument("--report", type=Path, nargs="*", default=[])
    options.add_argument("--times", type=int, default=7)
    chosen = options.parse_args(words)
    if program() is None:
        sys.exit("no Chromium on this machine")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, Browser(Path(name)) as browser:
        home = Path(name)
        for scenarios in chosen.scenarios:
            folder = big(home / str(scenarios), scenarios=scenarios, each=25, leaves=420, broken=3)
            measure(browser, home, build(folder), chosen.times)
        for path in chosen.report:
            measure(browser, home, read_report(path), chosen.times)


def measure(browser: Browser, home: Path, report: Report, times: int) -> None:
    page, plain = home / "page.html", home / "plain.html"
    written = to_html(report)
    page.write_text(written, encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]*>", " ", written))
    plain.write_text(f"<!doctype html><meta charset=utf-8><pre>{html.escape(text)}</pre>", encoding="utf-8")
    size, packed = len(written.encode()), len(zlib.compress(written.encode()))
    print(
        f"\n{len(report.scenarios)} scenarios, {len(report.clauses)} clauses: {size / 1e6:.2f} MB, "
        f"{packed / 1e6:.2f} MB packed (n {times})"
    )
    told: dict[str, list[float]] = {}
    for _ in range(times):
        browser.open(plain)
        browser.run(PAINTED)
        told.setdefault("the text alone, loaded (anchor)", []).append(
            browser.run(LOADED.format("loadEventEnd"))
        )
        browser.open(page)
        browser.run(PAINTED)
        content, loaded = (
            browser.run(LOADED.format(n)) for n in ("domContentLoadedEventEnd", "loadEventEnd")
        )
        first, second = (browser.run(FILTER.replace("{}", word)) for word in ("story 7", "no such thing"))
        for what, seconds in (
            ("DOMContentLoaded", content),
            ("loaded", loaded),
            ("first filter answered in", first),
            ("second filter answered in", second),
            ("usable", loaded + first),
        ):
            told.setdefault(what, []).append(seconds)
    for what, values in told.items():
        print(f"  {what:32} {statistics.median(values):7.0f} ms ({min(values):.0f} to {max(values):.0f})")
