"""The page in a real browser: loads by itself, filters, searches, and can be read in light and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reports.compare.build import compare
from reports.compare.model import Comparison
from reports.compare.reading import read
from reports.compare.render import FORMATS
from tests.reports.browser import Browser
from tests.reports.compare.runs import clause, report, scenario
from tests.reports.compare.test_hostile import EVIL, compared
from tests.reports.test_browser import CONTRAST, PRESS, VISIBLE

pytestmark = pytest.mark.browser


def sides(home: Path) -> Comparison:
    def boots(times: float) -> dict[str, Any]:
        return scenario(
            "compute.boot", samples={"boot": [times * (3 + n / 10) for n in range(25)]}, duration=times
        )

    before = [boots(1), scenario("images.show"), scenario("volumes.attach", "fail")]
    after = [boots(2), scenario("images.show", "fail", reason="no such image"), scenario("volumes.attach")]
    leaves = [clause("network.manager", "FlatDHCP"), clause("compute.hypervisor", "kvm")]
    others = [clause("network.manager", "VLAN", "FlatDHCP"), clause("compute.hypervisor", "qemu")]
    runs = []
    for number, told, found, fingerprint in ((1, before, leaves, "aa"), (2, after, others, "bb")):
        path = home / f"{number}.json"
        facts = {"fingerprint": fingerprint * 32}
        path.write_text(json.dumps(report(number, scenarios=told, clauses=found, run=facts)))
        runs.append(read(path))
    return compare(runs)


def opened(browser: Browser, shown: Comparison, home: Path) -> None:
    path = home / "compare.html"
    path.write_text(FORMATS["html"](shown), encoding="utf-8")
    browser.clear()
    browser.open(path)


def test_it_loads_by_itself_filters_and_searches(browser: Browser, tmp_path: Path) -> None:
    opened(browser, sides(tmp_path), tmp_path)
    assert browser.errors == []
    assert all(address.startswith(("file:", "data:,")) for address in browser.requests)
    everything = browser.run(VISIBLE.format("verdicts"))
    browser.run(PRESS.format("verdicts", "worse"))
    assert browser.run(VISIBLE.format("verdicts")) == 1
    browser.run(PRESS.format("verdicts", ""))
    assert browser.run(VISIBLE.format("verdicts")) == everything == 4
    browser.run(
        "(() => { const s = document.querySelector('#described input'); s.value = 'qemu';"
        " s.dispatchEvent(new Event('input')); })()"
    )
    assert browser.run(VISIBLE.format("described")) == 1
    browser.run(PRESS.format("times", "slower"))
    assert browser.run(VISIBLE.format("times")) == 1


def test_measurements_stand_side_by_side_on_one_scale(browser: Browser, tmp_path: Path) -> None:
    shown = sides(tmp_path)
    (boots,) = shown.spreads
    assert (boots.name, boots.samples) == ("boot", [25, 25])
    opened(browser, shown, tmp_path)
    rows = "[...document.querySelectorAll('.spread .dots')].map((row) => row.getBBox())"
    before, after = browser.run(f"{rows}.map((box) => [box.x, box.x + box.width])")
    assert before[0] < after[0]
    assert before[1] < after[1]
    assert browser.run("document.querySelector('.spread desc').textContent").count("median") == 2


def test_the_address_of_a_comparison_says_what_is_shown(browser: Browser, tmp_path: Path) -> None:
    opened(browser, sides(tmp_path), tmp_path)
    browser.run(PRESS.format("verdicts", "worse"))
    assert browser.run("location.hash") == "#verdicts?show=worse"
    browser.open(tmp_path / "compare.html", "#verdicts?show=better&area=volumes")
    assert browser.run(VISIBLE.format("verdicts")) == 1
    assert browser.errors == []


def test_nothing_that_a_run_holds_is_run(browser: Browser, tmp_path: Path) -> None:
    opened(browser, compared(tmp_path, EVIL[0]), tmp_path)
    assert browser.errors == []
    assert browser.run("document.scripts.length") == 1
    assert browser.run("document.images.length") == 0


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 400])
def test_it_can_be_read(browser: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    opened(browser, sides(tmp_path), tmp_path)
    browser.look(tmp_path / "page.png", width=width, dark=dark)
    assert browser.run(CONTRAST) == []
    assert browser.run("document.documentElement.scrollWidth") <= width
