"""Rings in the report: the drawing says what the record says, whatever a ring file says, and to everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from harness.clients.trail import Trail
from harness.cloud.drawing import write_picture
from harness.evidence import read_record
from harness.evidence.folder import RunFolder
from harness.evidence.sight import evidence_rows
from harness.rings import Ring, audit
from reports.build import build
from reports.model import Report
from reports.render import FORMATS, to_html
from reports.render.heat import cut, off_by, percent, tone
from tests.reports.browser import Browser
from tests.reports.stage import Stage, planned
from tests.reports.test_browser import CONTRAST, page
from tests.reports.test_hostile import CONTROL, NASTY
from tests.rings.drawn import devices, named, overfull, sound, torn

NODES = {"holders": ["controller", "storage-1"], "others": {}, "unread": {}}


class Rows:
    """The recorder of a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def write(self, kind: str, **fields: Any) -> str:
        return self.stage.row(kind, **json.loads(json.dumps(fields)))

    def secret(self, *values: str | None) -> None:
        """Stages have none."""


def staged(home: Path, names: list[str]) -> Stage:
    return Stage(
        home, plan=[planned(f"rings.sound[{name}]", "rings", "The ring is sound.") for name in names]
    )


def drawn(home: Path, rings: Mapping[str, Ring], **nodes: Any) -> Report:
    """The report of a run that drew these rings."""
    stage = staged(home, list(rings))
    for name, ring in rings.items():
        with stage.story(f"rings.sound[{name}]"), stage.told(1, "audit the ring"):
            write_picture(Trail(Rows(stage)), name, audit(ring), **(NODES | nodes))
    return build(stage.end())


def plotted(written: str) -> list[ElementTree.Element]:
    """The drawings of a page, each read as XML."""
    return [
        ElementTree.fromstring(found) for found in re.findall(r'<svg class="plot".*?</svg>', written, re.S)
    ]


def texts(drawing: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in drawing.iter("text")]


@pytest.fixture
def both(tmp_path: Path) -> Report:
    return drawn(tmp_path, {"account": sound(12), "object": torn(overfull(sound(12), 3, 700))})


def test_each_ring_has_two_drawings_with_a_title_and_a_description(both: Report) -> None:
    drawings = plotted(to_html(both))
    assert len(drawings) == 4
    for drawing in drawings:
        title, told = drawing.find("title"), drawing.find("desc")
        assert title is not None
        assert told is not None
        assert title.text
        assert told.text
        assert drawing.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"


def test_the_drawing_has_a_row_a_device_with_its_total(both: Report) -> None:
    written = texts(plotted(to_html(both))[3])
    assert "d3 10.0.2.1:6000/sd1" in written
    assert "no device" in written
    assert "share a device" in written
    strip = next(row for row in both.rings[1].picture.map.rows if row.label.startswith("d3 "))  # type: ignore[union-attr]
    assert percent(off_by(strip.held, strip.least, strip.most)) in written
    assert strip.held > 1.1 * strip.most


def test_every_cell_that_is_off_is_drawn_and_no_other(tmp_path: Path) -> None:
    report = drawn(tmp_path, {"object": overfull(sound(14), 3, 3000)})
    found = report.rings[0].picture.map  # type: ignore[union-attr]
    assert found is not None
    drawing = plotted(to_html(report))[1]
    wide = 448 / len(found.columns)
    painted = sum(
        round(float(run) / wide)
        for path in drawing.iter("path")
        if re.fullmatch(r"[lh][123]", path.get("class", ""))
        for run in re.findall(r"h([0-9.]+)", path.get("d", ""))
    )
    due = sum(found.columns)
    off = sum(
        tone(held, row.least * size / due, row.most * size / due, found.even) != "q0"
        for row in found.rows
        for held, size in zip(row.cells, found.columns, strict=True)
    )
    assert painted == off > 0


def test_a_sound_ring_is_calm(both: Report) -> None:
    calm, broken = plotted(to_html(both))[1::2]
    shapes = [path.get("class") for path in calm.iter("path")]
    assert not {"e", "x", "t1", "t2", "h2", "h3", "l2", "l3"} & set(shapes)
    assert {"x", "t2"} <= {path.get("class") for path in broken.iter("path")}


def test_what_could_not_be_read_is_said(tmp_path: Path) -> None:
    report = drawn(
        tmp_path,
        {"object": sound(10)},
        others={"storage-2": "an older file"},
        unread={"storage-3": "no route"},
    )
    written = to_html(report)
    assert "another ring on storage-2: an older file" in written
    assert "not read on storage-3: no route" in written


def test_a_ring_that_nobody_could_draw_says_why(tmp_path: Path) -> None:
    stage = staged(tmp_path, ["account", "object"])
    stage.verdict("rings.sound[account]", "out_of_reach", reason="the site names no hosts")
    stage.verdict("rings.sound[object]", "not_applicable", reason="no object storage")
    report = build(stage.end())
    assert [(ring.name, ring.why) for ring in report.rings] == [("account", "the site names no hosts")]
    assert "the site names no hosts" in to_html(report).split('id="rings"')[1]
    assert "Rings account not drawn: the site names no hosts" in FORMATS["terminal"](report)


def test_a_run_without_ring_stories_has_no_section(made: Callable[[str], RunFolder]) -> None:
    report = build(made("go"))
    assert report.rings == []
    assert 'href="#rings"' not in to_html(report)


@pytest.mark.parametrize(
    "picture",
    ["text", [], {"part_power": 3}, {"map": {"rows": [{"cells": [1e999]}]}}, 7],
)
def test_a_torn_row_breaks_nothing(tmp_path: Path, picture: Any) -> None:
    stage = staged(tmp_path, ["object"])
    with stage.story("rings.sound[object]"):
        stage.row("ring", ring="object", picture=picture, **NODES, nodes={})
    (ring,) = build(stage.end()).rings
    assert ring.picture is None
    assert ring.why.startswith("the record's picture is torn at picture")


@pytest.mark.parametrize("nasty", NASTY[:-1])
def test_a_name_in_a_ring_file_is_a_name(tmp_path: Path, nasty: str) -> None:
    ring = named(sound(10), nasty)
    report = drawn(tmp_path, {"object": ring}, unread={nasty: nasty}, others={nasty: nasty})
    for form, write in FORMATS.items():
        assert CONTROL.search(write(report)) is None, form
    written = to_html(report)
    assert len(plotted(written)) == 2
    tags = re.findall(r"<\s*(/?[a-zA-Z]+)([^>]*)", written)
    assert [rest for name, rest in tags if name == "script"] == [' type="application/json" id="store"', ""]
    assert not [name for name, _ in tags if name in ("img", "iframe")]
    assert not [rest for _, rest in tags if re.search(r"""\son[a-z]+\s*=|\sstyle=""", rest)]


def test_no_observation_can_rest_on_a_picture(tmp_path: Path) -> None:
    stage = staged(tmp_path, ["object"])
    row = write_picture(Trail(Rows(stage)), "object", audit(sound(6)), **NODES)
    asked = stage.exchange("compute", "GET", "http://127.77.1.1:8774/")
    assert {row, asked} & evidence_rows(read_record(stage.end().events)) == {asked}


def test_the_same_record_gives_the_same_page(tmp_path: Path) -> None:
    first, second = (to_html(drawn(tmp_path / name, {"object": torn(sound(12))})) for name in "ab")
    assert first == second


def test_three_rings_of_six_devices_are_small(tmp_path: Path) -> None:
    report = drawn(tmp_path, {name: sound(12) for name in ("account", "container", "object")})
    section = to_html(report).split('<section id="rings"')[1].split('<section id="times"')[0]
    assert len(section.encode()) < 60_000


def test_three_rings_of_a_thousand_devices_are_small(tmp_path: Path) -> None:
    ring = torn(overfull(sound(16, 3, 20, 17), 7, 400))
    assert len(ring.devices) == len(devices(3, 20, 17)) == 1020
    report = drawn(tmp_path, dict.fromkeys(("account", "container", "object"), ring))
    assert len(to_html(report).encode()) < 400_000


def test_the_terminal_has_one_line_of_balance(both: Report) -> None:
    (line,) = [row for row in FORMATS["terminal"](both).splitlines() if row.startswith("Rings ")]
    assert "account balance 0.0" in line


@pytest.mark.parametrize(
    ("held", "least", "most", "name"),
    [
        (100, 100, 100, "q0"), (111, 90, 100, "h1"), (121, 100, 100, "h2"), (141, 100, 100, "h3"),
        (89, 100, 120, "l1"), (79, 100, 100, "l2"), (1, 100, 100, "l3"), (0, 100, 100, "e"),
        (0, 0, 0, "q0"), (1, 0, 0, "x"), (0, 0.2, 0.4, "l3"),
    ],
)  # fmt: skip
def test_tones(held: int, least: float, most: float, name: str) -> None:
    assert tone(held, least, most, 10.0) == name


def test_words_of_the_drawing() -> None:
    assert [percent(off) for off in (12.34, -3.0, -0.04)] == ["+12.3 %", "\u22123.0 %", "0.0 %"]
    assert cut("d117 r1z2-2001:db8::1234:6200/sdb") == "d117 r1z2…db8::1234:6200/sdb"


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_the_words_can_be_read(browser: Browser, tmp_path: Path, both: Report, dark: bool) -> None:
    page(browser, both, tmp_path)
    browser.look(tmp_path / "seen.png", dark=dark)
    browser.run("document.querySelectorAll('#rings details').forEach((d) => { d.open = true; })")
    assert browser.run(CONTRAST) == []
    assert browser.errors == []
    assert browser.run("document.querySelectorAll('#rings table:not(:has(caption))').length") == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_drawings_never_widen_the_page(
    browser: Browser, tmp_path: Path, both: Report, width: int
) -> None:
    browser.size(width, 900)
    page(browser, both, tmp_path)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run("document.documentElement.scrollWidth") <= width
