"""The page in a real browser: it loads without a network, complains about nothing, and can be worked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence.folder import RunFolder
from reports.build import build
from reports.model import Report
from reports.render import to_html
from tests.reports.big import big
from tests.reports.browser import Browser
from tests.reports.test_hostile import hostile

pytestmark = pytest.mark.browser

VISIBLE = "[...document.querySelectorAll('#{} .row')].filter((row) => row.checkVisibility()).length"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
ALL_GATES = "document.querySelectorAll('details.gate').forEach((gate) => { gate.open = true; })"
FIND = (
    "{{const found = document.querySelector('#{} input'); found.value = '{}';"
    " found.dispatchEvent(new Event('input'))}}"
)
PAUSE = "new Promise((done) => setTimeout(done, 100))"
PRESS = "[...document.querySelectorAll('#{} button')].find((b) => b.dataset.show === '{}').click()"


def page(browser: Browser, report: Report, folder: Path, fragment: str = "") -> None:
    path = folder / "page.html"
    path.write_text(to_html(report), encoding="utf-8")
    browser.clear()
    browser.open(path, fragment)


@pytest.mark.parametrize("name", ["go", "keystone-dead", "deviating", "killed"])
def test_the_page_loads_by_itself_and_without_a_complaint(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path, name: str
) -> None:
    page(browser, build(made(name)), tmp_path)
    assert browser.errors == []
    assert all(address.startswith(("file:", "data:,")) for address in browser.requests)
    assert browser.run("document.querySelector('h1').textContent").startswith(
        {"go": "GO", "killed": "COULD NOT JUDGE"}.get(name, "NO-GO")
    )


def test_nothing_that_a_cloud_answered_runs(browser: Browser, tmp_path: Path) -> None:
    page(browser, hostile(tmp_path), tmp_path)
    assert browser.errors == []
    assert browser.run("[...document.scripts].map((s) => s.type)") == ["application/json", ""]
    assert browser.run("document.images.length") == 0


def test_a_script_that_slipped_in_would_be_refused(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    page(browser, build(made("go")), tmp_path)
    browser.run(
        "{const s = document.createElement('script'); s.append('window.hit = 1'); document.body.append(s)}"
    )
    browser.run(
        "{const i = document.createElement('img'); i.src = 'http://198.51.100.1/x'; document.body.append(i)}"
    )
    browser.run(PAUSE)
    assert browser.run("window.hit") is None
    assert browser.run("document.querySelector('img').naturalWidth") == 0
    assert any("Content Security Policy" in error for error in browser.errors)
    assert not any(address.startswith("http") for address in browser.requests)


def test_clauses_can_be_narrowed_to_what_deviates(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    page(browser, build(made("deviating")), tmp_path)
    browser.run(PRESS.format("architecture", "deviates"))
    assert browser.run(VISIBLE.format("architecture")) == 1
    browser.run(PRESS.format("architecture", "!verified"))
    assert browser.run(VISIBLE.format("architecture")) == 3
    assert browser.run("document.querySelector('#architecture output').textContent") == "3 of 14"


def test_scenarios_can_be_searched_and_filtered(browser: Browser, tmp_path: Path) -> None:
    page(browser, build(big(tmp_path, broken=4)), tmp_path)
    browser.run(ALL_GATES)
    assert browser.run(VISIBLE.format("scenarios")) == 60
    browser.run(FIND.format("scenarios", "story_59"))
    assert browser.run(VISIBLE.format("scenarios")) == 1
    browser.run(PRESS.format("scenarios", "pass"))
    assert browser.run(VISIBLE.format("scenarios")) <= 1


def test_a_link_to_a_clause_opens_what_it_stands_in(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    page(browser, build(made("go")), tmp_path, "#c3")
    assert browser.run("document.getElementById('c3').checkVisibility()") is True
    browser.run(PRESS.format("architecture", "deviates"))
    browser.run("location.hash = '#c4'")
    browser.run(PAUSE)
    assert browser.run("document.getElementById('c4').checkVisibility()") is True


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_page_never_scrolls_sideways(browser: Browser, tmp_path: Path, width: int) -> None:
    browser.size(width, 900)
    page(browser, hostile(tmp_path), tmp_path)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_the_page_is_marked_up_for_those_who_do_not_see_it(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    page(browser, build(made("deviating")), tmp_path)
    assert browser.run("document.querySelectorAll('h1').length") == 1
    assert browser.run("document.querySelectorAll('table:not(:has(caption))').length") == 0
    assert browser.run("document.querySelectorAll('main > section:not([aria-labelledby])').length") == 0
    assert (
        browser.run("[...document.querySelectorAll('svg.bar')].every((s) => s.getAttribute('aria-label'))")
        is True
    )
    assert browser.run("[...document.querySelectorAll('input')].every((i) => i.labels.length)") is True
    ids = "[...document.querySelectorAll('[id]')].map((e) => e.id)"
    assert browser.run(f"{ids}.length === new Set({ids}).size") is True
    dead = "filter((a) => a.hash && !document.getElementById(a.hash.slice(1)))"
    assert browser.run(f"[...document.links].{dead}.length") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_enough_contrast(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path, dark: bool
) -> None:
    page(browser, build(made("keystone-dead")), tmp_path)
    browser.look(tmp_path / "seen.png", dark=dark)
    assert browser.run(CONTRAST) == []
