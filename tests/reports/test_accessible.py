"""Everybody can use the pages: axe-core, by somebody else, finds nothing serious; the keyboard is enough."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.build import build
from reports.compare.render import FORMATS as COMPARED
from reports.render import to_html
from tests.reports.browser import Browser
from tests.reports.compare.test_page import sides
from tests.reports.runs import RUNS
from tests.reports.several import several
from tests.reports.test_rings import drawn, overfull, sound, torn

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
"""MPL-2.0; not ours and not kept here: ``axe/package-lock.json`` names it and its digest."""
WHOLE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"
SETTLE = "new Promise((done) => setTimeout(done, 60))"
FOUND = """axe.run(document, {resultTypes: ['violations'], runOnly: RULES}).then((told) => told.violations
  .filter((each) => ['serious', 'critical'].includes(each.impact))
  .map((each) => `${each.id}: ` + each.nodes.slice(0, 3).map((node) => node.html).join(' | ')))"""
FOCUSED = """(() => { const at = document.activeElement;
  return [at.tagName, at.textContent.trim().slice(0, 60)]; })()"""


def _rings(home: Path) -> str:
    return to_html(drawn(home, {"account": sound(12), "object": torn(overfull(sound(12), 3, 700))}))


PAGES: dict[str, Callable[[Path], str]] = {
    **{name: (lambda home, name=name: to_html(build(RUNS[name](home)))) for name in RUNS if name != "killed"},
    "rings": _rings,
    "several workers": lambda home: to_html(build(several(home))),
    "compared": lambda home: COMPARED["html"](sides(home)),
}


DARK = ("keystone-dead", "several workers", "compared")
"""Those that have all the colours between them."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A page by its name, written once."""
    folder = tmp_path_factory.mktemp("pages")

    def write(name: str) -> Path:
        page = folder / f"{name}.html"
        if not page.exists():
            home = folder / name.replace(" ", "-")
            home.mkdir()
            page.write_text(PAGES[name](home), encoding="utf-8")
        return page

    return write


@pytest.mark.skipif(
    not AXE.exists(), reason="no axe-core: npm ci --ignore-scripts --prefix tests/reports/axe"
)
@pytest.mark.parametrize(
    ("name", "dark"), [*((name, False) for name in PAGES), *((name, True) for name in DARK)]
)
def test_axe_finds_nothing_serious(
    browser: Browser, written: Callable[[str], Path], name: str, dark: bool
) -> None:
    browser.scheme(dark=dark)
    browser.size(1280, 900)
    browser.open(written(name))
    browser.run(OPEN)
    browser.run(SETTLE)
    browser.run(AXE.read_text(encoding="utf-8"))
    rules: Any = ["color-contrast"] if dark else WHOLE
    assert browser.run(FOUND.replace("RULES", str(rules))) == []


def focused(browser: Browser) -> list[str]:
    found = browser.run(FOCUSED)
    assert isinstance(found, list)
    return found


def test_the_keyboard_is_enough_to_find_and_open_a_failure(
    browser: Browser, written: Callable[[str], Path]
) -> None:
    browser.size(1280, 900)
    browser.open(written("deviating"))
    browser.clear()
    browser.press("Tab")
    assert focused(browser) == ["A", "Skip to the report"]
    browser.press("/")
    assert browser.run("document.activeElement.closest('section').id") == "scenarios"
    for letter in "flavors":
        browser.press(letter)
    assert browser.run("document.querySelector('#scenarios output').textContent") == "2 of 11"
    assert browser.run("location.hash") == "#scenarios?find=flavors"
    while not browser.run("document.activeElement.matches('.row > summary')"):
        browser.press("Tab")
    browser.run("document.activeElement.parentElement.open = false")
    browser.press("Enter")
    assert browser.run("document.activeElement.parentElement.open") is True
    browser.press("/")
    browser.press("Escape")
    assert browser.run("document.querySelector('#scenarios output').textContent") == ""
    assert browser.run("location.hash") == "#scenarios"
    assert browser.errors == []


def test_what_is_focused_can_be_seen(browser: Browser, written: Callable[[str], Path]) -> None:
    browser.open(written("deviating"))
    for _ in range(12):
        browser.press("Tab")
        assert browser.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
