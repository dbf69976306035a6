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
from tests.reports.several import several
from tests.reports.stage import Stage, clause, planned
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


def test_what_is_kept_is_put_in_when_a_scenario_is_opened(browser: Browser, tmp_path: Path) -> None:
    report = hostile(tmp_path)
    passed = [each.model_copy(update={"verdict": "pass"}) for each in report.scenarios]
    page(browser, report.model_copy(update={"scenarios": passed}), tmp_path)
    assert browser.run("document.querySelectorAll('.ev li').length") == 0
    browser.run(ALL_GATES)
    browser.run("document.querySelectorAll('.row').forEach((row) => { row.open = true; })")
    browser.run(PAUSE)
    assert browser.run("document.querySelectorAll('.ev li').length") == 4 * len(passed)
    assert browser.run("document.querySelectorAll('#scenarios [data-part]').length") == 0
    assert browser.errors == []
    assert browser.run("document.images.length") == 0
    assert browser.run("document.querySelectorAll('.ev script, .ev svg, .ev [onload]').length") == 0


def test_what_is_kept_can_be_searched_before_it_is_opened(browser: Browser, tmp_path: Path) -> None:
    page(browser, build(big(tmp_path)), tmp_path)
    browser.run(FIND.format("scenarios", "req-59-5-4"))
    assert browser.run(VISIBLE.format("scenarios")) == 1
    assert browser.run("document.querySelector('#scenarios .row:not([hidden]) code').textContent").endswith(
        "59"
    )


def test_an_address_says_what_is_shown_and_shows_it(browser: Browser, tmp_path: Path) -> None:
    page(browser, build(big(tmp_path, broken=4)), tmp_path)
    browser.run(PRESS.format("scenarios", "fail"))
    browser.run(FIND.format("scenarios", "story_1 & <more>"))
    address = browser.run("location.hash")
    page(browser, build(RunFolder(next(tmp_path.glob("2*")))), tmp_path, address)
    assert browser.run("document.querySelector('#scenarios input').value") == "story_1 & <more>"
    assert browser.run("document.querySelector('#scenarios [aria-pressed=true]').dataset.show") == "fail"
    browser.run("location.hash = '#scenarios?area=images&find=story'")
    browser.run(PAUSE)
    shown = browser.run(VISIBLE.format("scenarios"))
    assert 0 < shown == browser.run("document.querySelectorAll('.row[data-area=images]').length")
    assert browser.run("location.hash = '#%E0%A4%A'; document.title").startswith("NO-GO")
    browser.run(PAUSE)
    assert browser.errors == []


def test_a_scenario_can_be_linked_by_its_name(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    page(browser, build(made("go")), tmp_path, "#preflight.endpoints_answer[compute]")
    assert browser.run("document.querySelector('.row[open] code').textContent").endswith("[compute]")


def test_a_clause_can_be_linked_and_found_by_its_path(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    path = 'compute.flavors["m1.tiny"].disk'
    page(browser, build(made("go")), tmp_path, f"#{path}")
    assert browser.run("document.querySelector('.area[open]').id") == "a-compute"
    browser.run("location.hash = '#identity.version'")
    browser.run(PAUSE)
    assert browser.run("document.getElementById('a-identity').open") is True
    browser.run(FIND.format("architecture", path))
    assert browser.run(VISIBLE.format("architecture")) == 1
    browser.run(FIND.format("architecture", "every object node holds"))
    assert browser.run(VISIBLE.format("architecture")) == 1


def test_clauses_and_scenarios_can_be_narrowed_to_a_node(browser: Browser, tmp_path: Path) -> None:
    rows = [clause(f"nodes.{node}.ports", [22], visible="host") for node in ("controller", "storage-1")]
    plan = [planned(f"hosts.ports[{node}]", "hosts", "Ports.") for node in ("controller", "storage-1")]
    stage = Stage(tmp_path, rows=rows, plan=plan)
    for row in plan:
        with stage.story(row["key"]):
            pass
    page(browser, build(stage.end()), tmp_path, "#architecture?node=storage-1")
    assert browser.run(VISIBLE.format("architecture")) == 1
    browser.run("location.hash = '#scenarios?node=controller'")
    browser.run(PAUSE)
    assert browser.run("document.querySelector('#scenarios .row:not([hidden]) code').textContent").endswith(
        "[controller]"
    )


def test_without_a_script_verdicts_causes_and_deviations_are_there(
    browser: Browser, made: Callable[[str], RunFolder], tmp_path: Path
) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page(browser, build(made("deviating")), tmp_path)
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.run("document.querySelector('#causes').checkVisibility()") is True
    assert browser.run("document.querySelector('noscript').textContent").count("report.json") == 1
    assert browser.run("document.querySelectorAll('#scenarios .row').length") == 11
    assert browser.run("document.querySelectorAll('#scenarios .row[data-s=fail] .deviations').length") > 0


def test_a_page_of_three_hundred_scenarios_is_small_and_quick(browser: Browser, tmp_path: Path) -> None:
    report = build(big(tmp_path, scenarios=300, leaves=420, broken=3))
    assert len(to_html(report).encode()) < 1_500_000
    page(browser, report, tmp_path)
    took = (
        "(() => { const began = performance.now(); {}; document.body.offsetHeight;"
        " return performance.now() - began })()"
    )
    assert browser.run(took.replace("{}", FIND.format("scenarios", "story_7"))) < 3000
    assert browser.run("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") < 10_000


def test_what_is_printed_fits_the_paper(browser: Browser, tmp_path: Path) -> None:
    page(browser, build(several(tmp_path)), tmp_path)
    browser.size(720, 900)
    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    try:
        assert browser.run("document.documentElement.scrollWidth") <= 720
        assert browser.run("document.querySelector('nav').checkVisibility()") is False
        assert browser.pdf().startswith(b"%PDF")
    finally:
        browser.call("Emulation.setEmulatedMedia", media="", features=[])
